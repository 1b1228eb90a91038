std::string two() {
  return name(__LINE__);
}
