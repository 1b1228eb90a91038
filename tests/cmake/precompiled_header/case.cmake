both_modes(app "name1name1unitedunited")
module_file(Debug united.json objects objects)
expect(objects "unity_0_cxx")
