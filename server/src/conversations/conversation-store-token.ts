/** Nest's injection token of the stored conversations, `Conversations`. */
export const CONVERSATION_STORE = Symbol('conversation store');
