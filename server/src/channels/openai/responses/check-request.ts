import { HeddleError, type ResponseRequest } from '@heddle/core';

/** The error for a field that is not supported in this request. */
export const refuse = (input: string, message: string): HeddleError =>
  new HeddleError('bad_request', message, { details: { input } });

/** The thread that a request names. */
export function conversationOf({ conversation }: Pick<ResponseRequest, 'conversation'>): string | undefined {
  if (conversation == null) return undefined;
  return typeof conversation === 'string' ? conversation : conversation.id;
}

/** Refuses fields that contradict each other. Errors: `bad_request`. */
export function checkTogether(body: ResponseRequest): void {
  if (body.previous_response_id != null && conversationOf(body) !== undefined)
    throw refuse(
      'conversation',
      'Give either previous_response_id or conversation: each names what the response continues.',
    );
  if (body.background === true && body.store === false)
    throw refuse('store', 'A response in the background is stored to be read later: leave out store.');
  if (body.stream !== true && body.stream_options != null)
    throw refuse('stream_options', 'stream_options is for streams: leave it out, or set stream to true.');
}

/** Refuses fields that only the nodes of a workflow can decide. Errors: `bad_request`. */
export function checkForWorkflow(body: ResponseRequest, takesMessages: boolean): void {
  const { tools, tool_choice: choice, text, reasoning } = body;
  const given: Readonly<Record<string, boolean>> = {
    tools: (tools ?? []).length > 0,
    tool_choice: choice != null && choice !== 'auto' && choice !== 'none',
    'text.format': text?.format != null && text.format.type !== 'text',
    max_output_tokens: body.max_output_tokens != null,
    temperature: body.temperature != null,
    top_p: body.top_p != null,
    'reasoning.effort': reasoning?.effort != null,
    // A workflow that takes one text gets the last user message, and there is no field for instructions.
    instructions: !takesMessages && body.instructions != null && body.instructions !== '',
  };
  const [field] = Object.entries(given).find(([, isGiven]) => isGiven) ?? [];
  if (field !== undefined)
    throw refuse(field, `A workflow decides about ${field} in its own nodes: leave it out, or name a model.`);
}
