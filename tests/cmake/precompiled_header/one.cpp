std::string one() {
  return name(__LINE__);
}
