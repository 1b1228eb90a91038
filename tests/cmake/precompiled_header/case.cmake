both_modes(app "name2name2unitedunited")
module_file(Debug united.json objects objects)
expect(objects "unity_0_cxx")
