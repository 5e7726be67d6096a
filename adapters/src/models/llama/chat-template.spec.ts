import { describe, expect, it } from '@jest/globals';
import type { Message, ToolDefinition } from '@heddle/core';
import { openTemplate } from './chat-template.js';

const texts = { bos_token: '', eos_token: '' };
const weather: ToolDefinition = {
  name: 'weather',
  description: 'Tells the weather.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
const call = (id: string, city: string) => ({ id, name: 'weather', arguments: { city } });
const result = (toolCallId: string, content: string): Message => ({
  role: 'tool',
  toolCallId,
  name: 'weather',
  content,
});
const twoCalls: readonly Message[] = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'Rome and Oslo?' },
  { role: 'assistant', content: '', toolCalls: [call('a', 'Rome'), call('b', 'Oslo')] },
  result('a', 'Sun.'),
  result('b', 'Snow.'),
];

const each = (body: string): string => `{% for message in messages %}${body}{% endfor %}`;
const plain = each('[{{ message.role }}]{{ message.content }}');
const calls = (form: string): string =>
  `{% for tool_call in message.tool_calls or [] %}{% set f = tool_call.function %}${form}{% endfor %}`;
const templates = {
  plain,
  noSystem: each(
    "{% if message.role == 'system' %}{{ raise_exception('no system') }}{% endif %}[{{ message.role }}]{{ message.content }}",
  ),
  tagged:
    '{% if tools %}<tools>{% for tool in tools %}{{ tool | tojson }}{% endfor %}</tools>{% endif %}' +
    each(
      '[{{ message.role }}]{{ message.content }}' +
        calls('<tool_call>{"name": "{{ f.name }}", "arguments": {{ f.arguments | tojson }}}</tool_call>'),
    ),
  bare:
    'Environment: ipython{% for tool in tools or [] %}{{ tool | tojson }}{% endfor %}' +
    each(
      "{% if message.tool_calls is defined %}{% if message.tool_calls | length != 1 %}{{ raise_exception('one at a time') }}{% endif %}" +
        '[call]{"name": "{{ message.tool_calls[0].function.name }}", "parameters": {{ message.tool_calls[0].function.arguments | tojson }}}' +
        '{% else %}[{{ message.role }}]{{ message.content }}{% endif %}',
    ),
  listed:
    '{% if tools %}[AVAILABLE_TOOLS]{{ tools | tojson }}{% endif %}' +
    each(
      "{% if message.tool_call_id is defined and message.tool_call_id | length != 9 %}{{ raise_exception('nine') }}{% endif %}" +
        '[{{ message.role }} {{ message.tool_call_id }}]{{ message.content }}' +
        `{% if message.tool_calls %}[TOOL_CALLS]${calls('{{ f | tojson }}{{ tool_call.id }}')}{% endif %}`,
    ),
  /** Contains the words, but drops the calls. */
  forgetful: `{{ tools }}<tool_call> arguments${each('[{{ message.role }}]{{ message.content }}')}`,
};

function read(source: string, messages: readonly Message[], tools: readonly ToolDefinition[] = [weather]): string {
  const template = openTemplate(source, texts);
  return template.render(template.inputOf(messages, tools), false);
}

describe('chat templates and tools', () => {
  it('finds how a model calls tools from its template, by a trial', () => {
    const styles = Object.entries(templates).map(([name, source]) => {
      const { isNative, opener } = openTemplate(source, texts).toolStyle;
      return [name, isNative, opener.text];
    });
    expect(styles).toEqual([
      ['plain', false, '<tool_call>'],
      ['noSystem', false, '<tool_call>'],
      ['tagged', true, '<tool_call>'],
      ['bare', true, '{"name"'],
      ['listed', true, '[TOOL_CALLS]'],
      ['forgetful', false, '<tool_call>'],
    ]);
  });

  it('passes definitions, calls and results as fields to a template that supports tools', () => {
    const text = read(templates.tagged, twoCalls);
    expect(text).toContain('"description": "Tells the weather."');
    expect(text).toContain('<tool_call>{"name": "weather", "arguments": {"city": "Oslo"}}</tool_call>');
    expect(text).toContain('[tool]Sun.[tool]Snow.');
  });

  it('puts several calls in sequence, each with its result, when a template accepts one at a time', () => {
    expect(read(templates.bare, twoCalls)).toMatch(
      /"parameters": \{"city": "Rome"\}\}\[tool\]Sun\.\[call\]\{"name": "weather", "parameters": \{"city": "Oslo"\}\}\[tool\]Snow\.$/,
    );
  });

  it('pairs a call with the result of its own turn, even when another turn has the same ids', () => {
    const later: readonly Message[] = [
      { role: 'assistant', content: 'Done.' },
      { role: 'user', content: 'And in Bonn and Bern?' },
      { role: 'assistant', content: '', toolCalls: [call('a', 'Bonn'), call('b', 'Bern')] },
      result('a', 'Rain.'),
      result('b', 'Fog.'),
    ];
    const text = read(templates.bare, [...twoCalls, ...later]);
    expect([...text.matchAll(/"city": "(\w+)"\}\}\[tool\](\w+)/g)].map(([, city, weather]) => [city, weather])).toEqual(
      [
        ['Rome', 'Sun'],
        ['Oslo', 'Snow'],
        ['Bonn', 'Rain'],
        ['Bern', 'Fog'],
      ],
    );
  });

  it('shortens ids to nine letters when a template requires that, equally for call and result', () => {
    const text = read(templates.listed, twoCalls);
    const ids = [...text.matchAll(/\[tool (\w{9})\]/g)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    for (const id of ids) expect(text).toContain(`}}${id}`);
  });

  it('explains tools, calls and results in the prompt to a model without a format of its own', () => {
    const text = read(templates.plain, twoCalls);
    expect(text).toMatch(/^\[system\]Be brief\.\n\nYou can call these tools:\n<tools>\n\{"name":"weather"/);
    expect(text).toContain(
      '[assistant]<tool_call>\n{"name":"weather","arguments":{"city":"Rome"}}\n</tool_call>\n<tool_call>\n{"name":"weather","arguments":{"city":"Oslo"}}\n</tool_call>',
    );
    expect(text).toMatch(
      /\[user\]<tool_response>\nSun\.\n<\/tool_response>\n<tool_response>\nSnow\.\n<\/tool_response>$/,
    );
    expect(read(templates.plain, twoCalls, [])).not.toContain('You can call');
  });

  it('reads arguments that are JSON text, as other clients send them', () => {
    const asked: Message = {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 'a', name: 'weather', arguments: '{"city": "Rome"}' }],
    };
    const text = read(templates.tagged, [{ role: 'user', content: 'Rome?' }, asked], []);
    expect(text).toContain('"arguments": {"city": "Rome"}}');
    expect(read(templates.plain, [asked], [])).toContain('{"name":"weather","arguments":{"city":"Rome"}}');
  });

  it('alternates roles when the user writes after a result', () => {
    const text = read(templates.plain, [...twoCalls, { role: 'user', content: 'And tomorrow?' }], []);
    expect(text.match(/\[(\w+)\]/g)).toEqual(['[system]', '[user]', '[assistant]', '[user]']);
    expect(text.endsWith('</tool_response>\nAnd tomorrow?')).toBe(true);
  });

  it('puts the system message before the user message when a template supports no system message', () => {
    const text = read(
      templates.noSystem,
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi' },
        { role: 'user', content: 'Bye' },
      ],
      [],
    );
    expect(text).toBe('[user]Be brief.\n\nHello[assistant]Hi[user]Bye');
    expect(read(templates.noSystem, [{ role: 'system', content: 'Be brief.' }], [])).toBe('[user]Be brief.');
  });
});
