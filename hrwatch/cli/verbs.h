// The verbs, one file each. Internal to `cli`.
#pragma once

#include "cli/command_line.h"

namespace hrwatch::cli {

int status_verb(const CommandLine& line);
int doctor_verb(const CommandLine& line);
int new_verb(const CommandLine& line);
int explain_verb(const CommandLine& line);
int make_way_verb(const CommandLine& line);
// One that the running session carries out.
int session_verb(const CommandLine& line, const std::string& verb, const std::string& argument);

// The three parts of an error, where and how the command line wants them.
void show_failure(const CommandLine& line, const hr::wire::Failure& failure);

}  // namespace hrwatch::cli
