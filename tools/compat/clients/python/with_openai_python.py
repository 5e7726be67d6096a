"""OpenAI's own client."""

import json
import time

import openai

from checks import EMBEDDER, FACTS, KEY, MODEL, QUESTION, SCHEMA, base, check, continues, fits, new_thread, truthy

client = openai.OpenAI(base_url=base, api_key=KEY, max_retries=0)
ask = [{"role": "user", "content": QUESTION}]

def whole():
    reply = client.chat.completions.create(model=MODEL, messages=ask, max_tokens=24, temperature=0)
    truthy(reply.choices[0].message.content and reply.usage.completion_tokens > 0, "no text or usage")

def stream():
    chunks = list(
        client.chat.completions.create(
            model=MODEL, messages=ask, max_tokens=24, stream=True, stream_options={"include_usage": True}
        )
    )
    truthy("".join(c.choices[0].delta.content or "" for c in chunks if c.choices), "no text")
    truthy(chunks[-1].usage is not None, "no usage")
    truthy([c.choices[0].finish_reason for c in chunks if c.choices][-1] in ("stop", "length"), "no finish")

def schema():
    reply = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": FACTS}],
        max_tokens=60,
        response_format={"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": SCHEMA}},
    )
    fits(json.loads(reply.choices[0].message.content))

def embed():
    reply = client.embeddings.create(model=EMBEDDER, input=["a loom", "yarn"])
    truthy(len(reply.data) == 2 and len(reply.data[0].embedding) == 384, "wrong vectors")

def unknown():
    try:
        client.chat.completions.create(model="no-such-model", messages=ask)
    except openai.NotFoundError as error:
        truthy(error.body and error.body.get("message"), "an error without a message")
        return
    raise AssertionError("no NotFoundError")

def legacy():
    reply = client.completions.create(model="says", prompt=["tea", "milk"])
    truthy([one.text for one in reply.choices] == ["You said tea", "You said milk"], f"{reply.choices}")


def tools():
    tool = {"type": "function", "function": {"name": "count", "description": "Counts.", "parameters": SCHEMA, "strict": True}}
    messages = [{"role": "user", "content": "Call count."}]
    shared = dict(model=MODEL, tools=[tool], max_tokens=60)
    asked = client.chat.completions.create(**shared, messages=messages, tool_choice="required").choices[0].message
    fits(json.loads(asked.tool_calls[0].function.arguments))
    done = {"role": "tool", "tool_call_id": asked.tool_calls[0].id, "content": "7"}
    said = client.chat.completions.create(**shared, messages=[*messages, asked, done], tool_choice="none")
    truthy(said.choices[0].message.content, "no text after the call")
    with client.chat.completions.stream(**shared, messages=messages, tool_choice="required") as streamed:
        final = streamed.get_final_completion()
    fits(json.loads(final.choices[0].message.tool_calls[0].function.arguments))


def thread():
    one = new_thread()
    for said in ("tea", "milk"):
        messages = [{"role": "user", "content": said}]
        raw = client.chat.completions.with_raw_response.create(model="says", messages=messages, extra_body={"thread": one})
        truthy(raw.headers["heddle-thread"] == one, "another thread")
    continues(one, "tea", "milk")
    try:
        client.chat.completions.create(model="says", messages=ask, extra_body={"thread": "none"})
    except openai.NotFoundError as error:
        truthy(error.code == "thread_not_found", f"is {error.code}")
        return
    raise AssertionError("an unknown thread is taken")


def refused():
    stranger = openai.OpenAI(base_url=base, api_key="hk_wrong", max_retries=0)
    try:
        stranger.chat.completions.create(model=MODEL, messages=ask)
        raise AssertionError("no AuthenticationError")
    except openai.AuthenticationError as error:
        truthy(error.code == "unauthorized", f"is {error.code}")
    try:
        client.chat.completions.create(model=MODEL, messages=ask, logprobs=True)
        raise AssertionError("no BadRequestError")
    except openai.BadRequestError as error:
        truthy("logprobs" in error.param, f"the error names {error.param}")


def whole_response():
    reply = client.responses.create(
        model=MODEL, input=QUESTION, instructions="Be short.", max_output_tokens=24, temperature=0, metadata={"a": "b"}
    )
    truthy(reply.output_text and reply.usage.output_tokens > 0, "no text or usage")
    truthy(reply.status in ("completed", "incomplete") and reply.metadata == {"a": "b"}, f"is {reply.status}")
    same = client.responses.retrieve(reply.id)
    truthy(same.output_text == reply.output_text and same.status == reply.status, "is read as another one")
    items = client.responses.input_items.list(reply.id).data
    truthy(items[0].content == QUESTION, f"other items: {items}")
    further = client.responses.create(model=MODEL, input="And again?", previous_response_id=reply.id, max_output_tokens=8)
    truthy(further.usage.input_tokens > reply.usage.input_tokens, "the history is not there")
    client.responses.delete(reply.id)
    try:
        client.responses.retrieve(reply.id)
    except openai.NotFoundError:
        return
    raise AssertionError("is read after its deletion")

def stream_response():
    seen = []
    # The helper of the client gives a whole response only if the model has ended by itself.
    with client.responses.stream(model=MODEL, input=QUESTION, max_output_tokens=60, temperature=0) as events:
        for event in events:
            seen.append(event.type)
        final = events.get_final_response()
    truthy(final.output_text, "no text")
    truthy(seen[0] == "response.created" and seen[-1] == "response.completed", str(seen))
    truthy("response.output_text.delta" in seen and "response.output_item.done" in seen, str(seen))


def cut_response():
    with client.responses.stream(model=MODEL, input=QUESTION, max_output_tokens=3, temperature=0) as events:
        last = list(events)[-1]
    truthy(last.type == "response.incomplete", f"ends with {last.type}")
    truthy(last.response.incomplete_details.reason == "max_output_tokens", f"is {last.response.incomplete_details}")
    truthy(last.response.output_text, "no text")


def structured_response():
    form = {"type": "json_schema", "name": "x", "strict": True, "schema": SCHEMA}
    reply = client.responses.create(
        model=MODEL, input=FACTS, max_output_tokens=60, text={"format": form}
    )
    fits(json.loads(reply.output_text))

def function_response():
    tool = {"type": "function", "name": "count", "description": "Counts.", "parameters": SCHEMA, "strict": True}
    ask = dict(model=MODEL, input="Call count.", tools=[tool], max_output_tokens=60)
    reply = client.responses.create(**ask, tool_choice="required")
    call = [item for item in reply.output if item.type == "function_call"][0]
    fits(json.loads(call.arguments))
    done = {"type": "function_call_output", "call_id": call.call_id, "output": "7"}
    said = client.responses.create(**{**ask, "input": [done]}, previous_response_id=reply.id, tool_choice="none")
    truthy(said.output_text, "no text after the call")
    whole = [{"role": "user", "content": "Call count."}, *[item.model_dump() for item in reply.output], done]
    stateless = client.responses.create(**{**ask, "input": whole}, store=False, tool_choice="none")
    truthy(stateless.output_text, "no text where the client sends all items")

def background_response():
    reply = client.responses.create(model=MODEL, input=QUESTION, max_output_tokens=8, background=True)
    deadline = time.monotonic() + 120
    while reply.status in ("queued", "in_progress"):
        truthy(time.monotonic() < deadline, "never ends")
        time.sleep(0.1)
        reply = client.responses.retrieve(reply.id)
    truthy(reply.output_text and client.responses.cancel(reply.id).status == reply.status, f"is {reply.status}")

def thread_response():
    first = client.responses.create(model="says", input="tea")
    truthy(first.output_text == "You said tea" and first.conversation.id, f"{first.output_text}")
    second = client.responses.create(model="says", input="milk", previous_response_id=first.id)
    truthy(second.conversation.id == first.conversation.id, "another thread")

def moderation():
    reply = client.moderations.create(model="moderates", input=["A loom.", "A blue falcon."])
    truthy([one.flagged for one in reply.results] == [False, True], f"{reply}")
    try:
        client.moderations.create(model="no-such-model", input="a")
    except openai.NotFoundError:
        return
    raise AssertionError("no NotFoundError")

def batch():
    lines = [
        {"custom_id": f"n{n}", "method": "POST", "url": "/v1/chat/completions",
         "body": {"model": "says", "messages": [{"role": "user", "content": f"Number {n}"}]}}
        for n in range(3)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    file = client.files.create(file=("requests.jsonl", text.encode()), purpose="batch")
    truthy(file.id in [one.id for one in client.files.list(purpose="batch")], "the file is not listed")
    made = client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"name": "Compat"}
    )
    for _ in range(600):
        made = client.batches.retrieve(made.id)
        if made.status == "completed":
            break
        time.sleep(0.1)
    truthy(made.status == "completed" and made.request_counts.completed == 3, f"{made}")
    results = [json.loads(line) for line in client.files.content(made.output_file_id).text.splitlines()]
    truthy([one["custom_id"] for one in results] == ["n0", "n1", "n2"], f"{results}")
    truthy(made.id in [one.id for one in client.batches.list()], "the batch is not listed")
    try:
        client.batches.cancel(made.id)
        raise AssertionError("a batch that has ended was cancelled")
    except openai.ConflictError:
        pass
    truthy(client.files.delete(file.id).deleted, "not deleted")


check("chat: a response is made, read, listed, continued and deleted", whole_response)
check("stream: of a response", stream_response)
check("stream: of a response that is cut off", cut_response)
check("structured output: of a response", structured_response)
check("tools: of a response", function_response)
check("chat: a response in the background", background_response)
check("threads: responses of a workflow", thread_response)
check("chat: files and batches", batch)
check("chat: moderations", moderation)
check("chat: lists models", lambda: truthy(MODEL in [m.id for m in client.models.list()], "the model is not listed"))
check("chat: completions", whole)
check("chat: legacy completions", legacy)
check("stream: completions with usage", stream)
check("structured output: completions", schema)
check("tools: completions, in one piece and streamed", tools)
check("embeddings", embed)
check("threads: completions", thread)
check("errors: an unknown model", unknown)
check("errors: a wrong key, and what is refused by name", refused)
