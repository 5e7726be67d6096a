/** A text that addresses a model instead of the reader. */
export interface Injection {
  readonly rule: string;
  readonly quote: string;
}

/** Each pattern is bounded, so that no text can make the search slow. */
const rules: readonly (readonly [rule: string, pattern: RegExp])[] = [
  [
    'tells it to ignore instructions',
    /\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|your|system|any)\b[^.\n]{0,40}\b(?:instructions?|prompts?|rules?|guidelines?|directives?|told)\b/i,
  ],
  [
    'gives new instructions',
    /\b(?:new|updated|real|actual) (?:system )?(?:instructions?|prompt|task) ?(?:are|is|:)|\b(?:instructions?|note) (?:to|for) (?:the |any |all )?(?:ai|assistant|model|llm|chatbot)s?\b/i,
  ],
  [
    'changes its role',
    /\byou are (?:now|no longer)\b|\b(?:pretend|act) (?:to be|as if you|as an? (?:unrestricted|different|evil))|\b(?:developer|god|dan|jailbreak) mode\b/i,
  ],
  [
    'asks for its instructions',
    /\b(?:reveal|print|show|repeat|output|leak)\b[^.\n]{0,30}\b(?:system prompt|your (?:instructions|prompt|rules)|hidden (?:prompt|instructions))\b/i,
  ],
  [
    'keeps something from the user',
    /\b(?:do not|don't|never)\b[^.\n]{0,20}\b(?:tell|mention|inform|reveal|show)\b[^.\n]{0,20}\b(?:the )?user\b/i,
  ],
  [
    'sends data away',
    /\b(?:send|post|forward|upload|exfiltrate|e-?mail)\b[^.\n]{0,60}\b(?:conversation|passwords?|secrets?|api keys?|credentials|tokens?|user(?:'s)? data|chat history)\b[^.\n]{0,60}\b(?:to|at|via)\b/i,
  ],
  ['hides data in an address', /!\[[^\]\n]{0,80}\]\(https?:\/\/[^)\s]{0,300}[?&][^)\s=]{1,40}=(?:\{|\[|<|%7B|\$)/i],
  [
    'contains marks of a chat template',
    /<\|(?:im_start|im_end|system|user|assistant|endoftext)\|>|\[\/?INST\]|<<\/?SYS>>|^[ \t]*#{2,3} ?(?:system|instruction)s?:?\s*$/im,
  ],
  [
    'contains invisible characters',
    /[\u{E0000}-\u{E007F}]{3}|[\u200B\u2060\uFEFF]{6}|[\u202A-\u202E\u2066-\u2069][^\n]{0,200}(?:ignore|instruction)/iu,
  ],
];

/** Finds text that addresses a model, at most one finding per rule. */
export function findInjections(text: string): readonly Injection[] {
  const plain = text.normalize('NFKC');
  return rules.flatMap(([rule, pattern]) => {
    const found = pattern.exec(plain);
    return found === null ? [] : [{ rule, quote: found[0].slice(0, 160) }];
  });
}
