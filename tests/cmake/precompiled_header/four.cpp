std::string four() {
  return shared_by_unity();
}
