// SPDX-License-Identifier: MIT

export const shells = ['bash', 'zsh', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/** The two files that start the command line. */
export interface Program {
  readonly node: string;
  readonly main: string;
}

/** The hidden command that the scripts ask. Its option keeps an empty word, which Windows PowerShell 5 would drop. */
export const completeCommand = 'complete';

/**
 * Writes the script that makes a shell complete the commands. The script asks this program at each Tab, so the words come
 * from the table of the commands, and are those of the installed version. Where the PATH has no win-port-reservation, it also
 * defines that name, because the package is rarely installed globally.
 */
export const completionScripts: Record<Shell, (program: Program) => string> = {
  bash: ({ node, main }) => `# Completes win-port-reservation in bash.
_win_port_reservation() {
  local word rest
  COMPREPLY=()
  while IFS=$'\\t' read -r word rest; do
    if [[ $word == ':files' ]]; then
      compopt -o default 2>/dev/null
    else
      COMPREPLY+=("$word")
    fi
  done < <(${inShell(node)} ${inShell(main)} ${completeCommand} "--word=\${COMP_WORDS[COMP_CWORD]}" -- \\
    "\${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null)
}
complete -F _win_port_reservation win-port-reservation
type win-port-reservation >/dev/null 2>&1 ||
  win-port-reservation() { ${inShell(node)} ${inShell(main)} "$@"; }
`,
  zsh: ({ node, main }) => `# Completes win-port-reservation in zsh.
_win_port_reservation() {
  local line
  local -a found
  for line in "\${(@f)$(${inShell(node)} ${inShell(main)} ${completeCommand} "--word=\${words[CURRENT]}" -- \\
    "\${(@)words[2,CURRENT-1]}" 2>/dev/null)}"; do
    if [[ $line == ':files' ]]; then
      _files
    elif [[ -n $line ]]; then
      found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( $#found )) && _describe win-port-reservation found
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _win_port_reservation win-port-reservation
(( $+commands[win-port-reservation] )) ||
  win-port-reservation() { ${inShell(node)} ${inShell(main)} "$@" }
`,
  powershell: ({ node, main }) => `# Completes win-port-reservation in PowerShell.
Register-ArgumentCompleter -Native -CommandName win-port-reservation -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
      Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
  & ${inPowerShell(node)} ${inPowerShell(main)} ${completeCommand} "--word=$wordToComplete" '--' @before 2>$null |
    Where-Object { $_ -ne ':files' } |
    ForEach-Object {
      $word, $description = $_ -split "\`t", 2
      [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $description)
    }
}
if (-not (Get-Command win-port-reservation -ErrorAction SilentlyContinue)) {
  function global:win-port-reservation { & ${inPowerShell(node)} ${inPowerShell(main)} @args }
}
`,
};

function inShell(file: string): string {
  return `'${file.replaceAll("'", String.raw`'\''`)}'`;
}

/** PowerShell treats curved quotes as quotes too. */
function inPowerShell(file: string): string {
  return `'${file.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
