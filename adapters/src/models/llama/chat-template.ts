import { HeddleError, withoutUndefined, type Message, type ToolDefinition } from '@heddle/core';
import { Template } from '@huggingface/jinja';
import { systemInUser, templateInput, type TemplateInput } from './tool-messages.js';
import { explained, toolStyleOf, type ToolStyle } from './tool-style.js';

/** A chat template, and which inputs it was found to support. */
interface ChatTemplate {
  /** Converts a conversation into the input of the template. Errors: `model_wrong_kind`. */
  inputOf(messages: readonly Message[], tools: readonly ToolDefinition[]): TemplateInput;
  /** Renders the prompt. Errors: `bad_request` if the template refuses the conversation. */
  render(input: TemplateInput, thinks: boolean): string;
  readonly toolStyle: ToolStyle;
}

/**
 * Reads a chat template (Jinja, as in model files) and tries it out. If it fails on tools or leaves calls out, tools are explained in the
 * system message. If it does not support system messages, their text is put before the first message of the user. Errors:
 * `model_file_invalid`.
 */
export function openTemplate(source: string, texts: Readonly<Record<string, string>>): ChatTemplate {
  const render = createRenderer(source, texts);
  const style = toolStyleOf(source);
  const toolStyle = style.isNative && !takesTools(render, style) ? explained : style;
  const takesSystem = tries(() => render({ messages: systemSample, tools: undefined }, false)).includes(seen.system);
  return {
    toolStyle,
    render,
    inputOf(messages, tools) {
      const input = templateInput(messages, tools, toolStyle);
      return takesSystem ? input : { ...input, messages: systemInUser(input.messages) };
    },
  };
}

type Renderer = ChatTemplate['render'];

function createRenderer(source: string, texts: Readonly<Record<string, string>>): Renderer {
  let template: Template;
  try {
    template = new Template(source);
  } catch (error) {
    throw new HeddleError('model_file_invalid', 'The chat template in the model file cannot be read.', {
      cause: error,
    });
  }
  return ({ messages, tools }, thinks) => {
    try {
      return template.render(
        withoutUndefined({
          messages,
          tools,
          xml_tools: tools,
          add_generation_prompt: true,
          enable_thinking: thinks,
          ...texts,
        }),
      );
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new HeddleError('bad_request', `The model's chat template does not accept this conversation: ${reason}`, {
        cause: error,
      });
    }
  };
}

/** Texts of the trial that must occur in the rendered prompt. */
const seen = { system: 'Answer briefly.', tool: 'look_up', argument: 'a city of trial', result: 'a result of trial' };
const systemSample = [
  { role: 'system', content: seen.system },
  { role: 'user', content: 'Hello' },
];
const toolSample: readonly Message[] = [
  { role: 'user', content: 'Hello' },
  { role: 'assistant', content: '', toolCalls: [{ id: 'trial', name: seen.tool, arguments: { city: seen.argument } }] },
  { role: 'tool', toolCallId: 'trial', name: seen.tool, content: seen.result },
];
const definitionSample: ToolDefinition = {
  name: seen.tool,
  description: 'Looks up a city.',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

function takesTools(render: Renderer, style: ToolStyle): boolean {
  const text = tries(() => render(templateInput(toolSample, [definitionSample], style), false));
  return [definitionSample.description, seen.argument, seen.result].every((texts) => text.includes(texts));
}

function tries(work: () => string): string {
  try {
    return work();
  } catch {
    return '';
  }
}
