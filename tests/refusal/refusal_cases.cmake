# What must be refused, and the word by which the reason must name it.
foreach(compiler g++ clang++)
  hr_refusal_case(class_layout-${compiler} SOURCE class_layout.cpp WORD health COMPILER ${compiler})
  hr_refusal_case(nested_layout-${compiler} SOURCE nested_layout.cpp WORD Inner COMPILER ${compiler})
  hr_refusal_case(base_class-${compiler} SOURCE base_class.cpp WORD Unit COMPILER ${compiler})
  hr_refusal_case(vtable_added-${compiler} SOURCE vtable_added.cpp WORD Animal COMPILER ${compiler})
  hr_refusal_case(vtable_removed-${compiler} SOURCE vtable_removed.cpp WORD Animal
                  COMPILER ${compiler})
  hr_refusal_case(variable_type-${compiler} SOURCE variable_type.cpp WORD speed
                  COMPILER ${compiler})
  hr_refusal_case(variable_size-${compiler} SOURCE variable_size.cpp WORD holder BY host
                  COMPILER ${compiler})
  hr_refusal_case(enum_underlying-${compiler} SOURCE enum_underlying.cpp WORD Kind
                  COMPILER ${compiler})
  hr_refusal_case(bit_field-${compiler} SOURCE bit_field.cpp WORD Flags COMPILER ${compiler})
  hr_refusal_case(container_element-${compiler} SOURCE container_element.cpp WORD Particle
                  COMPILER ${compiler})
  hr_refusal_case(c_struct-${compiler} SOURCE c_struct.c WORD point COMPILER ${compiler})
  hr_refusal_case(tls_added-${compiler} SOURCE tls_added.cpp WORD thread COMPILER ${compiler})
  hr_refusal_case(stripped-${compiler} SOURCE ordinary.cpp WORD strip COMPILER ${compiler}
                  BAD_LINK -s)
  hr_refusal_case(no_flags-${compiler} SOURCE ordinary.cpp WORD patchable COMPILER ${compiler}
                  NO_FLAGS)
  hr_refusal_case(no_debug_info-${compiler} SOURCE ordinary.cpp WORD -g COMPILER ${compiler}
                  BAD_LINK -Wl,-S)
  hr_refusal_case(initial_exec-${compiler} SOURCE ordinary.cpp WORD initial-exec
                  COMPILER ${compiler} BAD_COMPILE -ftls-model=initial-exec)
endforeach()
hr_refusal_case(late_object SOURCE late_object.cpp WORD late LEVEL -Og)
hr_refusal_case(end_pointer SOURCE end_pointer.cpp WORD first NO_OBJECTS)
hr_refusal_case(tls_descriptors SOURCE ordinary.cpp WORD gnu2 BAD_COMPILE -mtls-dialect=gnu2)
hr_refusal_case(small_code SOURCE many_functions.cpp WORD -Os LEVEL -O2 BAD_COMPILE -Os)
hr_refusal_case(type_units SOURCE container_element.cpp WORD -fdebug-types-section
                BAD_COMPILE -fdebug-types-section)
hr_refusal_case(lto SOURCE ordinary.cpp WORD lto BAD_COMPILE -flto BAD_LINK -flto)
hr_refusal_case(icf SOURCE icf.cpp WORD icf BAD_COMPILE -ffunction-sections
                BAD_LINK -fuse-ld=lld -Wl,--icf=all)
hr_refusal_case(relr SOURCE ordinary.cpp WORD relr BAD_LINK -fuse-ld=lld
                -Wl,--pack-dyn-relocs=relr)

# What only the host can see.
hr_refusal_case(undefined_symbol SOURCE undefined_symbol.cpp WORD nobody_defines_this BY host)
hr_refusal_case(throwing_initialiser SOURCE throwing_initialiser.cpp WORD thrower BY host)
hr_refusal_case(wrong_build_id SOURCE ordinary.cpp WORD build BY host DAMAGE wrong_build_id)
hr_refusal_case(writable_by_others SOURCE ordinary.cpp WORD write BY host
                DAMAGE writable_by_others)
hr_refusal_case(outside_folder SOURCE ordinary.cpp WORD folder BY host DAMAGE outside)
hr_refusal_case(truncated_copy SOURCE ordinary.cpp WORD short BY host DAMAGE truncated)
hr_refusal_case(wild_patch SOURCE ordinary.cpp WORD outside BY host DAMAGE wild_patch)
