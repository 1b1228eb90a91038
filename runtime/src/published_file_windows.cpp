#include <filesystem>

#include "src/own_file_windows.h"
#include "src/pe_facts.h"
#include "src/published_file.h"

namespace hr::runtime {
namespace {

namespace fs = std::filesystem;

wire::Failure refuse(const std::string& path, std::string why) {
  return {"will not load " + path, std::move(why),
          "build with hrwatch in the build folder that this program was built in"};
}

// The path that the loader is to be given: without the prefix for programs that know long paths.
std::string path_to_load(std::wstring final) {
  constexpr std::wstring_view prefix = L"\\\\?\\";
  constexpr std::wstring_view network = L"\\\\?\\UNC\\";
  if (final.starts_with(network))
    final.replace(0, network.size(), L"\\\\");
  else if (final.starts_with(prefix))
    final.erase(0, prefix.size());
  return fs::path(final).generic_string();
}

}  // namespace

wire::Result<PublishedFile> inspect_published(const std::string& path, const std::string& build_dir,
                                              const std::string& build_id) {
  const fs::path gen = fs::path(build_dir) / ".hrwatch" / "gen";
  const OwnHandle folder = open_to_read(gen);
  if (!folder)
    return refuse(path, gen.string() + ": " + system_words(GetLastError()));
  if (!only_ours(folder.get()))
    return refuse(path, "its folder belongs to another user, or others may write there");
  const OwnHandle file = open_to_read(path, true);
  if (!file)
    return refuse(path, system_words(GetLastError()));
  if (!is_plain_file(file.get()))
    return refuse(path, "it is not a regular file");
  const std::wstring place = final_path(folder.get());
  const std::wstring final = final_path(file.get());
  if (place.empty() || final.empty() || fs::path(final).parent_path() != fs::path(place))
    return refuse(path, "it is not in " + build_dir + "/.hrwatch/gen");
  if (!only_ours(file.get()))
    return refuse(path, "it belongs to another user, or others may write to it");
  const MappedFile mapped(file.get());
  auto facts = read_pe_facts(mapped.bytes(), PeLayout::file);
  if (!facts)
    return facts.failure();
  if (facts.value().library.build_id != build_id)
    return refuse(path, "its build-id is not the announced one: it was changed after publishing");
  if (facts.value().at_any_address)
    return refuse(path, "it was not prepared: it is not made for its place");
  return PublishedFile{path_to_load(final), facts.value().library};
}

}  // namespace hr::runtime
