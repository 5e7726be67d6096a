"""Checks of unmodified Python clients against an OpenAI-compatible address: one JSON line a check."""
import json
import sys
import time

which, base, KEY = sys.argv[1:4]
MODEL, EMBEDDER = "smollm2-135m", "all-minilm-l6-v2"
QUESTION = "The loom costs 149 euros. What does the loom cost? Answer in one sentence."
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string", "maxLength": 20}, "count": {"type": "integer", "minimum": 0, "maximum": 9}},
    "required": ["city", "count"],
    "additionalProperties": False,
}


def check(name, work):
    try:
        work()
        print(json.dumps({"name": name}), flush=True)
    except Exception as error:  # every client raises its own
        print(json.dumps({"name": name, "error": f"{type(error).__name__}: {str(error)[:500]}"}), flush=True)


def truthy(value, what):
    if not value:
        raise AssertionError(what)


def fits(value):
    truthy(set(value) == {"city", "count"} and isinstance(value["count"], int), f"does not fit the schema: {value}")


def openai_python():
    import openai

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
            messages=[{"role": "user", "content": "A city and a number as JSON."}],
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
        with client.responses.stream(model=MODEL, input=QUESTION, max_output_tokens=24) as events:
            for event in events:
                seen.append(event.type)
            final = events.get_final_response()
        truthy(final.output_text, "no text")
        truthy(seen[0] == "response.created" and seen[-1] in ("response.completed", "response.incomplete"), str(seen))
        truthy("response.output_text.delta" in seen and "response.output_item.done" in seen, str(seen))

    def structured_response():
        form = {"type": "json_schema", "name": "x", "strict": True, "schema": SCHEMA}
        reply = client.responses.create(
            model=MODEL, input="A city and a number as JSON.", max_output_tokens=60, text={"format": form}
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
        import json
        import time

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

    check("files and batches", batch)
    check("responses: create, read, list, continue, delete", whole_response)
    check("responses: stream", stream_response)
    check("responses: structured output", structured_response)
    check("responses: functions", function_response)
    check("responses: background", background_response)
    check("responses: a workflow and its thread", thread_response)
    check("moderations", moderation)
    check("lists models", lambda: truthy(MODEL in [m.id for m in client.models.list()], "the model is not listed"))
    check("chat", whole)
    check("stream with usage", stream)
    check("structured output", schema)
    check("embeddings", embed)
    check("names an unknown model", unknown)


def langchain():
    from langchain_openai import ChatOpenAI, OpenAIEmbeddings

    model = ChatOpenAI(model=MODEL, base_url=base, api_key=KEY, max_tokens=24, temperature=0, max_retries=0)
    check("invoke", lambda: truthy(model.invoke(QUESTION).content, "no text"))
    check("stream", lambda: truthy("".join(str(c.content) for c in model.stream(QUESTION)), "no text"))
    held = ChatOpenAI(model=MODEL, base_url=base, api_key=KEY, max_tokens=60, max_retries=0)
    schema = {"title": "Answer", **SCHEMA}
    check(
        "with_structured_output",
        lambda: fits(held.with_structured_output(schema, method="json_schema").invoke("A city and a number.")),
    )
    embedder = OpenAIEmbeddings(model=EMBEDDER, base_url=base, api_key=KEY, check_embedding_ctx_length=False)
    check("embeddings", lambda: truthy(len(embedder.embed_query("a loom")) == 384, "wrong vector"))
    check(
        "batch",
        lambda: truthy(all(r.content for r in model.batch([QUESTION, "Name a colour."])), "an answer is missing"),
    )


    responses = dict(model=MODEL, base_url=base, api_key=KEY, max_retries=0, use_responses_api=True)
    over = ChatOpenAI(**responses, max_tokens=60)
    check("responses: invoke", lambda: truthy(over.invoke(QUESTION).text, "no text"))
    check("responses: stream", lambda: truthy("".join(c.text for c in over.stream(QUESTION)), "no text"))
    check(
        "responses: with_structured_output",
        lambda: fits(over.with_structured_output(schema, method="json_schema").invoke("A city and a number.")),
    )

    def tools():
        from langchain_core.messages import HumanMessage
        from langchain_core.tools import tool

        @tool
        def count(city: str) -> str:
            """Counts the looms of a city."""
            return "7"

        ask = [HumanMessage("How many looms has Rome? Call count.")]
        asked = over.bind_tools([count], tool_choice="required").invoke(ask)
        truthy(asked.tool_calls, "no call")
        given = [count.invoke(call) for call in asked.tool_calls]
        truthy(over.bind_tools([count], tool_choice="none").invoke([*ask, asked, *given]).text, "no text after the call")

    check("responses: tools", tools)

    def going_on():
        from langchain_core.messages import HumanMessage

        chat = ChatOpenAI(**responses, max_tokens=16, use_previous_response_id=True)
        first = chat.invoke([HumanMessage("My name is Ada.")])
        truthy(chat.invoke([HumanMessage("My name is Ada."), first, HumanMessage("Say hello.")]).text, "no text")

    check("responses: previous response", going_on)


def openai_agents():
    from agents import Agent, ModelSettings, OpenAIResponsesModel, Runner, function_tool
    from agents import set_default_openai_client, set_tracing_disabled
    from openai import AsyncOpenAI
    from pydantic import BaseModel, Field

    set_tracing_disabled(True)
    set_default_openai_client(AsyncOpenAI(base_url=base, api_key=KEY, max_retries=0), use_for_tracing=False)
    settings = ModelSettings(max_tokens=60, temperature=0)
    agent = Agent(name="Helper", instructions="Be short.", model=MODEL, model_settings=settings)
    check("run", lambda: truthy(Runner.run_sync(agent, QUESTION).final_output, "no text"))

    def stream():
        import asyncio

        async def read():
            # A client belongs to the event loop that first used it.
            own = OpenAIResponsesModel(model=MODEL, openai_client=AsyncOpenAI(base_url=base, api_key=KEY, max_retries=0))
            streams = Agent(name="Streams", instructions="Be short.", model=own, model_settings=settings)
            result = Runner.run_streamed(streams, QUESTION)
            kinds = [event.type async for event in result.stream_events()]
            truthy("raw_response_event" in kinds and result.final_output, f"{kinds}")

        asyncio.run(read())

    def going_on():
        first = Runner.run_sync(agent, "My name is Ada.")
        again = Runner.run_sync(agent, "Say hello.", previous_response_id=first.last_response_id)
        truthy(again.final_output, "no text")
        items = Runner.run_sync(agent, [*first.to_input_list(), {"role": "user", "content": "Say hello."}])
        truthy(items.final_output, "no text with the items of before")

    def tools():
        called = []

        @function_tool
        def count(city: str) -> str:
            """Counts the looms of a city."""
            called.append(city)
            return "7"

        must = ModelSettings(max_tokens=60, temperature=0, tool_choice="required")
        user = Agent(name="User", instructions="Call count once.", model=MODEL, model_settings=must, tools=[count])
        try:
            result = Runner.run_sync(user, "How many looms has Rome?", max_turns=4)
            truthy(result.final_output is not None, "no answer")
        except Exception as error:  # a small model may call for ever
            truthy(type(error).__name__ == "MaxTurnsExceeded", f"{type(error).__name__}: {error}")
        truthy(called, "not called")

    class Place(BaseModel):
        city: str = Field(max_length=20)
        count: int = Field(ge=0, le=9)

    def structured():
        held = Agent(name="Held", instructions="Answer.", model=MODEL, model_settings=settings, output_type=Place)
        truthy(0 <= Runner.run_sync(held, "A city and a number.").final_output.count <= 9, "does not fit")

    check("a conversation", going_on)
    check("function tools", tools)
    check("output type", structured)
    workflow = Agent(name="Workflow", model="says")
    check("a workflow", lambda: truthy(Runner.run_sync(workflow, "tea").final_output == "You said tea", "another text"))
    # Last: the client of the checks before belongs to their event loop, and this one has its own.
    check("stream", stream)


def llama_index():
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    model = OpenAILike(model=MODEL, api_base=base, api_key=KEY, is_chat_model=True, max_tokens=24, max_retries=0)
    ask = [ChatMessage(role="user", content=QUESTION)]
    check("chat", lambda: truthy(model.chat(ask).message.content, "no text"))
    check("stream_chat", lambda: truthy("".join(c.delta or "" for c in model.stream_chat(ask)), "no text"))
    check("complete", lambda: truthy(model.complete(QUESTION).text, "no text"))


def haystack():
    from haystack.components.embedders import OpenAITextEmbedder
    from haystack.components.generators.chat import OpenAIChatGenerator
    from haystack.dataclasses import ChatMessage
    from haystack.utils import Secret

    key = Secret.from_token(KEY)
    ask = [ChatMessage.from_user(QUESTION)]
    make = lambda **more: OpenAIChatGenerator(
        api_key=key, model=MODEL, api_base_url=base, generation_kwargs={"max_tokens": 24}, max_retries=0, **more
    )
    check("run", lambda: truthy(make().run(ask)["replies"][0].text, "no text"))

    def stream():
        seen = []
        make(streaming_callback=lambda chunk: seen.append(chunk.content)).run(ask)
        truthy("".join(seen), "no text")

    check("stream", stream)
    embedder = OpenAITextEmbedder(api_key=key, model=EMBEDDER, api_base_url=base)
    check("embeddings", lambda: truthy(len(embedder.run("a loom")["embedding"]) == 384, "wrong vector"))


cases = {
    "openai-python": openai_python,
    "openai-agents": openai_agents,
    "langchain": langchain,
    "llama-index": llama_index,
    "haystack": haystack,
}
cases[which]()
