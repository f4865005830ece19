# Reads one export (FORMAT FILE) with the tool that it is for, and prints what it found there as JSON.
import json
import os
import sys


def octodns(file):
    from octodns.provider.yaml import YamlProvider
    from octodns.zone import Zone

    folder, name = os.path.split(file)
    zone = Zone(name.removesuffix("yaml"), [])
    YamlProvider("records", folder, strict_supports=True).populate(zone, lenient=False)
    found = []
    for record in zone.records:
        many = getattr(record, "values", None) or [record.value]
        for value in many:
            if record._type == "MX":
                text = f"{value.preference} {value.exchange}"
            else:
                text = str(value).replace("\\;", ";")
            found.append([record.fqdn.rstrip("."), record._type, record.ttl, text])
    return found


def route53(file):
    import botocore.loaders
    import botocore.model
    import botocore.validate

    loaded = botocore.loaders.Loader().load_service_model("route53", "service-2")
    shape = botocore.model.ServiceModel(loaded).shape_for("ChangeBatch")
    with open(file, encoding="ascii") as text:
        batch = json.load(text)
    errors = botocore.validate.ParamValidator().validate(batch, shape)
    if errors.has_errors():
        sys.exit(errors.generate_report())

    def strict(value, shape):
        # What the shape does not know is not taken in silence.
        if shape.type_name == "structure":
            for key, inner in value.items():
                strict(inner, shape.members[key])
        elif shape.type_name == "list":
            for inner in value:
                strict(inner, shape.member)
        elif value not in (getattr(shape, "enum", None) or [value]):
            sys.exit(f"{value} is none of {shape.enum}")

    strict(batch, shape)
    return batch


def terraform(file):
    import hcl2

    with open(file, encoding="ascii") as text:
        return hcl2.load(text)


print(json.dumps({"octodns": octodns, "route53": route53, "terraform": terraform}[sys.argv[1]](sys.argv[2])))
