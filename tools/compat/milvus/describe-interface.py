"""Prints the messages and calls of Milvus' interface, as its own client has them: {"messages": {name: {field: text}}, "methods": {name: [request, answer]}}."""

import json

from google.protobuf.descriptor import FieldDescriptor
from pymilvus.grpc_gen import common_pb2, milvus_pb2, schema_pb2

SCALARS = {value: name[5:].lower() for name, value in vars(FieldDescriptor).items() if name.startswith("TYPE_")}


def text_of(field):
    if field.enum_type is not None:
        kind = "int32"
    elif field.message_type is not None:
        kind = field.message_type.full_name
    else:
        kind = SCALARS[field.type]
    one = field.containing_oneof
    how = "repeated " if field.is_repeated else f"oneof:{one.name} " if one is not None else ""
    return f"{how}{kind} {field.number}"


messages = {}
for module in (common_pb2, milvus_pb2, schema_pb2):
    for message in module.DESCRIPTOR.message_types_by_name.values():
        messages[message.full_name] = {field.name: text_of(field) for field in message.fields}
service = milvus_pb2.DESCRIPTOR.services_by_name["MilvusService"]
methods = {method.name: [method.input_type.full_name, method.output_type.full_name] for method in service.methods}
print(json.dumps({"messages": messages, "methods": methods}))
