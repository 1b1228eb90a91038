// Whose an address is that is the end of one variable and the start of the next: harmless while
// both moved together, else the one true ambiguity of a linked library.
#pragma once

#include <optional>
#include <set>
#include <utility>

#include "analysis/address_index.h"
#include "analysis/judgement.h"

namespace hrwatch::analysis {

class Boundaries {
 public:
  explicit Boundaries(Judgement& judgement)
      : judgement_(judgement), index_(judgement.next.variables) {}

  // The variable that an operand or a pointer means; no_symbol when none, or when it can't be told
  // (then the judgement has a reason more).
  std::size_t meant_by(const CodeReference& reference);
  std::size_t meant_by(const DataReference& reference);

 private:
  // The two candidates where the question arises: the variable that ends and the one that starts.
  std::optional<std::pair<std::size_t, std::size_t>> dispute(Address target) const;
  bool moved_together(std::size_t a, std::size_t b) const;
  bool bound_by_loader(std::size_t variable) const;
  std::size_t ending_at(Address target) const;
  std::size_t settle(const std::optional<ObjectReferences::Target>& answer, std::size_t ending,
                     std::size_t starting) const;
  void refuse(const std::string& who, std::size_t ending, std::size_t starting);

  Judgement& judgement_;
  AddressIndex index_;
  std::set<std::pair<std::size_t, std::size_t>> refused_;
};

}  // namespace hrwatch::analysis
