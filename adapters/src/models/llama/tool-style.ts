/** How a model calls tools: what it writes before a call, and the form of the call. */
export interface ToolStyle {
  /** Whether the chat template of the model takes tools, calls and results. Otherwise the system message explains them. */
  readonly isNative: boolean;
  /** What the model writes before a call: from there on, the grammar of calls applies. */
  readonly opener: { readonly text: string; readonly isOnlyAtStart: boolean };
  /** Stands before the grammar begins. */
  readonly prefix: string;
  /** Before the first call, between two of them, and after the last. Without `between` there is one call at a time. */
  readonly lead: string;
  readonly between: string | undefined;
  readonly tail: string;
  /** Under which name a call has its arguments. */
  readonly argumentsKey: 'arguments' | 'parameters';
  /** Ids of calls are nine letters or digits. */
  readonly hasShortIds: boolean;
}

/** `<tool_call>` round each call: Hermes, Qwen, SmolLM3 and others; also for models without a form of their own. */
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

/** Llama 3: the answer is the call. */
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

/** Mistral, up to the third tokenizer: a list behind a control token. */
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

/** How a model calls tools, by the words of its chat template. */
export function toolStyleOf(template: string): ToolStyle {
  const has = (text: string): boolean => template.includes(text);
  if (!/\btools\b/.test(template) && !has('xml_tools')) return explained;
  if (has('<tool_call>') && has('arguments') && !has('<function=') && !has('<arg_key>')) return tagged;
  if (has('ipython') && has('"parameters": ') && has('tool_calls')) return bare;
  if (has('[TOOL_CALLS]') && has('[AVAILABLE_TOOLS]') && !has('[ARGS]')) return listed;
  return explained;
}
