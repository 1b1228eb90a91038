// Repeated measurements and what is made of them. Knows nothing of what is measured.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace hrwatch::bench {

// In the order taken; milliseconds unless a name says otherwise.
using Samples = std::vector<double>;

double median(Samples samples);

// Half the distance between the quartiles: what "noise" means here.
double spread(Samples samples);

// Milliseconds since `start`.
double since(std::chrono::steady_clock::time_point start);

// One line of the table.
struct Row {
  std::string what = {};
  double value = 0;
  double noise = 0;
  std::string unit = "ms";
  std::string wanted = {};  // "" = no target
  bool reached = true;
};

void print_machine();
void print_heading();

// At once: a measurement may take a minute.
void print_rows(const std::vector<Row>& rows);

}  // namespace hrwatch::bench
