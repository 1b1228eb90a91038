#include "app/names_file.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "analysis/member_names.h"

namespace hrwatch::app {

void write_member_names(const std::filesystem::path& file,
                        const std::vector<std::shared_ptr<const analysis::Description>>& builds) {
  nlohmann::json json = nlohmann::json::object();
  for (const auto& build : builds) {
    for (const auto& [name, members] : analysis::member_names(*build)) {
      nlohmann::json& list = json[name] = nlohmann::json::array();
      for (const auto& member : members) {
        if (member.bit_size == 0) {
          list.push_back({{"name", member.name},
                          {"offset", member.offset},
                          {"size", member.size},
                          {"type", member.type}});
        }
      }
    }
  }
  std::filesystem::path temporary = file;
  temporary += ".new";
  std::error_code error;
  std::filesystem::remove(temporary, error);
  std::ofstream(temporary).close();
  std::filesystem::permissions(
      temporary, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
  std::ofstream(temporary) << json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
  std::filesystem::rename(temporary, file, error);
}

}  // namespace hrwatch::app
