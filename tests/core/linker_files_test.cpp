#include "core/linker_files.h"

#include "support/catch.h"

using namespace hrwatch::core;

TEST_CASE("A file that nobody holds is left to the linker") {
  CHECK(way_out(Probe::free, false, true) == WayOut::nothing);
  CHECK(way_out(Probe::absent, false, false) == WayOut::nothing);
}

TEST_CASE("A held file is renamed, then written elsewhere, then given up") {
  CHECK(way_out(Probe::held, false, true) == WayOut::rename_aside);
  CHECK(way_out(Probe::held, false, false) == WayOut::rename_aside);
  CHECK(way_out(Probe::held, true, true) == WayOut::write_elsewhere);
  CHECK(way_out(Probe::held, true, false) == WayOut::give_up);
}

TEST_CASE("A file that may not be written at all is not renamed") {
  CHECK(way_out(Probe::forbidden, false, true) == WayOut::write_elsewhere);
  CHECK(way_out(Probe::forbidden, false, false) == WayOut::give_up);
}

TEST_CASE("Names beside the file are new ones") {
  CHECK(aside_name("game.pdb", {}) == "game.1.pdb.old");
  CHECK(aside_name("game.pdb", {"game.1.pdb.old", "game.3.pdb.old"}) == "game.2.pdb.old");
  CHECK(other_name("libgame.dll.pdb", {"libgame.dll.1.pdb"}) == "libgame.dll.2.pdb");
  CHECK(aside_name("game", {}) == "game.1.old");
}

TEST_CASE("Leftovers are told from files of the build") {
  CHECK(is_leftover("game.1.pdb.old", "game.pdb"));
  CHECK(is_leftover("game.12.pdb", "game.pdb"));
  CHECK_FALSE(is_leftover("game.pdb", "game.pdb"));
  CHECK_FALSE(is_leftover("game.pdb.old", "game.pdb"));
  CHECK_FALSE(is_leftover("game.x1.pdb.old", "game.pdb"));
  CHECK_FALSE(is_leftover("game2.1.pdb.old", "game.pdb"));
  CHECK_FALSE(is_leftover("game.1.dll.old", "game.pdb"));
  CHECK_FALSE(is_leftover("game..pdb.old", "game.pdb"));
}

TEST_CASE("The words of linkers that could not write") {
  CHECK(
      blames_held_file("LINK : fatal error LNK1201: error writing to program database 'game.pdb'"));
  CHECK(blames_held_file("LINK : fatal error LNK1104: cannot open file 'game.dll'"));
  CHECK(blames_held_file("lld-link: error: failed to write PDB file game.pdb: permission denied"));
  CHECK_FALSE(blames_held_file("game.cpp:3:5: error: expected ';'"));
}

TEST_CASE("A failure names the holders, where they are known") {
  const auto known = cannot_make_way("C:/b/game.pdb", {"devenv.exe (process 7)"}, "error 32");
  CHECK(known.why.find("devenv.exe (process 7)") != std::string::npos);
  CHECK(known.fix.find("devenv.exe") != std::string::npos);
  const auto unknown = cannot_make_way("C:/b/game.pdb", {}, "error 32");
  CHECK(unknown.why.find("another program") != std::string::npos);
  CHECK(unknown.fix.find("debugger") != std::string::npos);
}
