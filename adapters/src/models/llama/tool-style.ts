/** The format in which a model calls tools. */
export interface ToolStyle {
  /** Whether the model's chat template supports tools, calls and results. Otherwise the system message explains them. */
  readonly isNative: boolean;
  /** The text with which the model begins a call. From there on, the grammar of calls applies. */
  readonly opener: { readonly text: string; readonly isOnlyAtStart: boolean };
  /** Text that is added before the grammar begins. */
  readonly prefix: string;
  /** The text before the first call, between two calls, and after the last. If `between` is undefined, there is only one call at a time. */
  readonly lead: string;
  readonly between: string | undefined;
  readonly tail: string;
  readonly argumentsKey: 'arguments' | 'parameters';
  /** Whether ids of calls must have nine letters or digits. */
  readonly hasShortIds: boolean;
}

/** Each call in `<tool_call>` tags: Hermes, Qwen, SmolLM3 and others, and models without a format of their own. */
const tagged: ToolStyle = {
  isNative: true,
  opener: { text: '<tool_call>', isOnlyAtStart: false },
  prefix: '<tool_call>',
  lead: '\n',
  between: '\n</tool_call>\n<tool_call>\n',
  tail: '\n</tool_call>',
  argumentsKey: 'arguments',
  hasShortIds: false,
};
export const explained: ToolStyle = { ...tagged, isNative: false };

/** Llama 3: the whole answer is the call. */
const bare: ToolStyle = {
  isNative: true,
  opener: { text: '{"name"', isOnlyAtStart: true },
  prefix: '',
  lead: '',
  between: undefined,
  tail: '',
  argumentsKey: 'parameters',
  hasShortIds: false,
};

/** Mistral up to the third tokenizer: a list after a control token. */
const listed: ToolStyle = {
  isNative: true,
  opener: { text: '[TOOL_CALLS]', isOnlyAtStart: false },
  prefix: '[TOOL_CALLS]',
  lead: '[',
  between: ', ',
  tail: ']',
  argumentsKey: 'arguments',
  hasShortIds: true,
};

/** Recognises the tool format of a model from its chat template. */
export function toolStyleOf(template: string): ToolStyle {
  const has = (text: string): boolean => template.includes(text);
  if (!/\btools\b/.test(template) && !has('xml_tools')) return explained;
  if (has('<tool_call>') && has('arguments') && !has('<function=') && !has('<arg_key>')) return tagged;
  if (has('ipython') && has('"parameters": ') && has('tool_calls')) return bare;
  if (has('[TOOL_CALLS]') && has('[AVAILABLE_TOOLS]') && !has('[ARGS]')) return listed;
  return explained;
}
