// SPDX-License-Identifier: MIT
#include "import_table.h"

#include <cstring>

namespace stand_in {
namespace {

template <typename T>
T* At(HMODULE module, ULONGLONG offset) {
  return reinterpret_cast<T*>(reinterpret_cast<char*>(module) + offset);
}

const IMAGE_IMPORT_DESCRIPTOR* FirstImport(HMODULE module) {
  const auto* const dos = At<IMAGE_DOS_HEADER>(module, 0);
  const auto* const headers = At<IMAGE_NT_HEADERS>(module, static_cast<ULONGLONG>(dos->e_lfanew));
  const auto& directory = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT];
  return directory.VirtualAddress == 0 ? nullptr : At<IMAGE_IMPORT_DESCRIPTOR>(module, directory.VirtualAddress);
}

void* Resolve(const Replacement& replacement) {
  const HMODULE library = GetModuleHandleA(replacement.library);
  return library == nullptr ? nullptr : reinterpret_cast<void*>(GetProcAddress(library, replacement.name));
}

// An entry is as wide as a pointer.
void Write(ULONG_PTR* entry, void* function) {
  DWORD protection = 0;
  if (!VirtualProtect(entry, sizeof *entry, PAGE_READWRITE, &protection)) return;
  InterlockedExchangePointer(reinterpret_cast<void**>(entry), function);
  VirtualProtect(entry, sizeof *entry, protection, &protection);
}

}  // namespace

void PatchImports(HMODULE module, const std::vector<Replacement>& replacements) {
  std::vector<void*> originals;
  for (const Replacement& replacement : replacements) originals.push_back(Resolve(replacement));

  const IMAGE_IMPORT_DESCRIPTOR* import = FirstImport(module);
  for (; import != nullptr && import->Name != 0; import++) {
    const char* const library = At<const char>(module, import->Name);
    const auto* name =
        At<IMAGE_THUNK_DATA>(module, import->OriginalFirstThunk != 0 ? import->OriginalFirstThunk : import->FirstThunk);
    auto* address = At<IMAGE_THUNK_DATA>(module, import->FirstThunk);
    for (; address->u1.Function != 0; name++, address++) {
      const bool by_name = import->OriginalFirstThunk != 0 && !IMAGE_SNAP_BY_ORDINAL(name->u1.Ordinal);
      const char* const imported = by_name ? At<IMAGE_IMPORT_BY_NAME>(module, name->u1.AddressOfData)->Name : nullptr;
      for (std::size_t i = 0; i < replacements.size(); i++) {
        const Replacement& replacement = replacements[i];
        const bool named = imported != nullptr && std::strcmp(imported, replacement.name) == 0 &&
                           _stricmp(library, replacement.library) == 0;
        const bool resolved = originals[i] != nullptr && reinterpret_cast<void*>(address->u1.Function) == originals[i];
        if (named || resolved) Write(&address->u1.Function, replacement.function);
      }
    }
  }
}

}  // namespace stand_in
