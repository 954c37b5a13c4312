{
  "variables": {
    # What MSBuild calls SpectreMitigation. The libraries for it are a component of Visual Studio of their own; a build that
    # is not to be published can do without: npx node-gyp rebuild --spectre_mitigation=false
    "spectre_mitigation%": "Spectre"
  },
  "targets": [
    {
      "target_name": "win-port-reservation",
      "conditions": [
        ["OS!='win'", { "type": "none" }],
        ["OS=='win'", {
          "sources": [
            "native/addon.cc",
            "native/elevation.cc",
            "native/guest_port_reservations.cc",
            "native/job_queue.cc",
            "native/js_arguments.cc",
            "native/js_values.cc",
            "native/machine_functions.cc",
            "native/native_socket.cc",
            "native/persistent_reservation.cc",
            "native/port_owners.cc",
            "native/process_details.cc",
            "native/process_names.cc",
            "native/process_parameters.cc",
            "native/processes.cc",
            "native/promise_worker.cc",
            "native/registry.cc",
            "native/services.cc",
            "native/socket_calls.cc",
            "native/system.cc",
            "native/thread_pool.cc",
            "native/utf8.cc"
          ],
          # Not its gyp target, which turns on /analyze: with /WX its opinions on other people's headers would be errors.
          "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")"],
          "defines": [
            "NAPI_VERSION=8",
            "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS",
            "NODE_ADDON_API_DISABLE_DEPRECATED",
            "_WIN32_WINNT=0x0A00",
            "UNICODE",
            "_UNICODE"
          ],
          "libraries": ["iphlpapi.lib", "ws2_32.lib", "advapi32.lib", "ole32.lib", "shell32.lib"],
          # node.exe is delay-loaded through a hook, so that Electron and a renamed node.exe can load the addon.
          "win_delay_load_hook": "true",
          # More than /Qspectre, which leaves the libraries as they are.
          "msvs_configuration_attributes": { "SpectreMitigation": "<(spectre_mitigation)" },
          # 4949, 4055: of node-gyp's hook, which is compiled with our options: #pragma managed, and a module as a function.
          # 4702 (unreachable code): the back end gives it, which /external does not reach. With /GL, as Node builds, it is
          # about what is left of inlined templates of other people's headers. Clang looks for our own unreachable code.
          "msvs_disabled_warnings": [4949, 4055, 4702],
          "msvs_settings": {
            "VCCLCompilerTool": {
              "WarningLevel": 4,
              "WarnAsError": "true",
              "AdditionalOptions": [
                "/std:c++17",
                "/permissive-",
                "/utf-8",
                "/guard:cf",
                # Warnings are for our own code, which is what is included with quotes.
                "/external:anglebrackets",
                "/external:W0"
              ]
            },
            "VCLinkerTool": {
              "AdditionalOptions": [
                "/guard:cf",
                "/DYNAMICBASE",
                "/NXCOMPAT",
                # The DLLs it imports are looked for in System32 only.
                "/DEPENDENTLOADFLAG:0x800",
                # The symbols by their name alone, without the folder that they were built in.
                "/PDBALTPATH:%_PDB%"
              ]
            }
          },
          "conditions": [
            ["target_arch!='ia32'", {
              "msvs_settings": { "VCLinkerTool": { "AdditionalOptions": ["/HIGHENTROPYVA"] } }
            }],
            ["target_arch=='x64' or target_arch=='ia32'", {
              "msvs_settings": { "VCLinkerTool": { "AdditionalOptions": ["/CETCOMPAT"] } }
            }]
          ]
        }]
      ]
    }
  ]
}
