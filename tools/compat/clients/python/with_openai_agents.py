"""OpenAI's Agents SDK."""

import asyncio

from agents import Agent, ModelSettings, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner, function_tool
from agents import set_default_openai_client, set_tracing_disabled
from openai import AsyncOpenAI
from pydantic import BaseModel, Field

from checks import KEY, MODEL, QUESTION, base, check, continues, new_thread, raises, truthy

set_tracing_disabled(True)
set_default_openai_client(AsyncOpenAI(base_url=base, api_key=KEY, max_retries=0), use_for_tracing=False)
settings = ModelSettings(max_tokens=60, temperature=0)
agent = Agent(name="Helper", instructions="Be short.", model=MODEL, model_settings=settings)
check("chat: run", lambda: truthy(Runner.run_sync(agent, QUESTION).final_output, "no text"))

def stream():
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

check("threads: a previous response, and the items of before", going_on)
check("tools: functions", tools)
check("structured output", structured)
workflow = Agent(name="Workflow", model="says")
check("chat: a workflow", lambda: truthy(Runner.run_sync(workflow, "tea").final_output == "You said tea", "another text"))


def thread():
    one = new_thread()
    for said in ("tea", "milk"):
        truthy(Runner.run_sync(workflow, said, conversation_id=one).final_output == f"You said {said}", "another text")
    continues(one, "tea", "milk")


def completions():
    over = OpenAIChatCompletionsModel(model=MODEL, openai_client=AsyncOpenAI(base_url=base, api_key=KEY, max_retries=0))
    chatting = Agent(name="Chats", instructions="Be short.", model=over, model_settings=settings)
    truthy(Runner.run_sync(chatting, QUESTION).final_output, "no text")


check("threads: a conversation", thread)
check("errors: an unknown model", lambda: raises(lambda: Runner.run_sync(Agent(name="None", model="no-such-model"), "tea"), "404", "no-such-model"))
check("chat: completions", completions)
# Last: the client of the checks before belongs to their event loop, and this one has its own.
check("stream", stream)
