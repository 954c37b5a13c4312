# SPDX-License-Identifier: MIT
# Runs a script in Node as another user, without a window and to its end. Its exit code is not to be had this way.
param(
    [Parameter(Mandatory)] [string] $Node,
    [Parameter(Mandatory)] [string] $Script,
    [Parameter(Mandatory)] [string] $Argument
)
$ErrorActionPreference = 'Stop'
$password = ConvertTo-SecureString -String $env:WPR_STANDARD_PASSWORD -AsPlainText -Force
$user = "$env:COMPUTERNAME\$env:WPR_STANDARD_USER"
$credential = New-Object -TypeName System.Management.Automation.PSCredential -ArgumentList $user, $password
$arguments = "`"$Script`" `"$Argument`""
# Start-Process joins them with the user's name and password in CreateProcessWithLogonW.
Start-Process -FilePath $Node -ArgumentList $arguments -WorkingDirectory (Split-Path -Path $Script) -Credential $credential -WindowStyle Hidden -Wait
