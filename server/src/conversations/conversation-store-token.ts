/** Injects the stored conversations, `Conversations`. */
export const CONVERSATION_STORE = Symbol('conversation store');
