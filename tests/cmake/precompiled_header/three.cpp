static std::string shared_by_unity() {
  return "united";
}

std::string three() {
  return shared_by_unity();
}
