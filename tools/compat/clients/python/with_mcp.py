"""Clients of MCP for Python at /mcp. The first argument says which one; with `:tools` it only lists and calls, for a token that is good for /mcp alone."""

import asyncio
import sys

from checks import KEY, continues, home, new_thread, reported

which, _, part = sys.argv[1].partition(":")
url, headers = f"{home}/mcp", {"Authorization": f"Bearer {KEY}"}


def check(name, isTrue, seen):
    reported(name, None if isTrue else f"saw {seen!r}"[:500])


def holds(name, thread, *said):
    try:
        continues(thread, *said)
        reported(name)
    except Exception as error:
        reported(name, str(error)[:500])


async def refused(name, named, call):
    """The error, or the result that is one, says what it is about."""
    try:
        result = await call()
        text = str(result) if getattr(result, "is_error", getattr(result, "isError", False)) else f"no error: {result}"
    except Exception as error:
        text = str(error)
    check(name, named in text and "no error" not in text, text)


async def with_fastmcp():
    from fastmcp import Client
    from fastmcp.client.transports import StreamableHttpTransport

    async with Client(StreamableHttpTransport(url, headers=headers)) as client:
        tools = await client.list_tools()
        check("tools: listed with what they give", any(tool.name == "says" for tool in tools), tools)
        result = await client.call_tool("says", {"text": "hi"})
        check("tools: called", "You said hi" in str(result.content), result)
        check("structured output: the outputs", result.structured_content == {"text": "You said hi"}, result)
        if part == "tools":
            return
        pieces = []

        async def progress(*given):
            pieces.append(given)

        await client.call_tool("writes", {"text": "Count to twenty."}, progress_handler=progress)
        check("stream: progress while the text is written", len(pieces) > 1, pieces)
        thread = new_thread()
        for said in ("tea", "milk"):
            await client.call_tool("says", {"text": said}, meta={"heddle/thread": thread})
        holds("threads: named in _meta", thread, "tea", "milk")
        await refused("errors: an unknown tool", "nothing", lambda: client.call_tool("nothing", {}))
        await refused("errors: an input left out", "input_missing", lambda: client.call_tool("says", {}))
        prompts = await client.list_prompts()
        check("prompts: listed", isinstance(prompts, list), prompts)
        resources = await client.list_resources()
        check("resources: listed", isinstance(resources, list), resources)

    async def stranger():
        async with Client(StreamableHttpTransport(url, headers={"Authorization": "Bearer hk_wrong"})) as client:
            await client.list_tools()

    await refused("errors: a wrong key", "error", stranger)


async def with_mcp():
    from mcp import ClientSession
    from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

    async with streamable_http_client(url, http_client=create_mcp_http_client(headers=headers)) as streams:
        async with ClientSession(streams[0], streams[1]) as session:
            await session.initialize()
            tools = (await session.list_tools()).tools
            check("tools: listed with what they give", any(tool.name == "says" for tool in tools), tools)
            result = await session.call_tool("says", {"text": "hi"})
            check("tools: called", "You said hi" in str(result.content), result)
            structured = getattr(result, "structured_content", None) or getattr(result, "structuredContent", None)
            check("structured output: the outputs", structured == {"text": "You said hi"}, result)
            if part == "tools":
                return
            pieces = []

            async def progress(*given):
                pieces.append(given)

            await session.call_tool("writes", {"text": "Count to twenty."}, progress_callback=progress)
            check("stream: progress while the text is written", len(pieces) > 1, pieces)
            thread = new_thread()
            for said in ("tea", "milk"):
                await session.call_tool("says", {"text": said}, meta={"heddle/thread": thread})
            holds("threads: named in _meta", thread, "tea", "milk")
            await refused("errors: an unknown tool", "nothing", lambda: session.call_tool("nothing", {}))
            await refused("errors: an input left out", "input_missing", lambda: session.call_tool("says", {}))
            check("prompts: listed", (await session.list_prompts()).prompts is not None, None)
            check("resources: listed", (await session.list_resources()).resources is not None, None)


asyncio.run(with_fastmcp() if which == "fastmcp" else with_mcp())
