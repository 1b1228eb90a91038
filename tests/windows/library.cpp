// A little library, for tests that need one.
extern "C" __declspec(dllexport) int answer() {
  return VERSION;
}
