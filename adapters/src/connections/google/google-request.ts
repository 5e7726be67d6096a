import type {
  FunctionCallingConfigMode,
  GenerateContentParameters,
  ThinkingConfig,
  ThinkingLevel,
} from '@google/genai';
import type { ProviderRequest } from '../provider.js';
import { googleDialect, toDialect } from '../shared/schema-dialect.js';
import type { TurnMemory } from '../shared/turn-memory.js';
import { toGoogleContents } from './google-messages.js';

/** Settings that may be left out when a model refuses them. */
export const droppable = ['seed', 'topK', 'thinkingConfig', 'temperature', 'topP'] as const;
export type Droppable = (typeof droppable)[number];

const budgets = { none: 0, low: 1_024, medium: 8_192, high: 24_576 } as const;

// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is these words; importing it would load the library
const modeOf = (mode: 'AUTO' | 'ANY' | 'NONE'): FunctionCallingConfigMode => mode as FunctionCallingConfigMode;
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- as above
const levelOf = (level: 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'): ThinkingLevel => level as ThinkingLevel;

/** The arguments of a generation. `dropped` has the settings that this model refused before. */
export function toGoogleRequest(
  request: ProviderRequest,
  signatures: TurnMemory<string>,
  dropped: ReadonlySet<Droppable>,
): GenerateContentParameters['config'] & object & { readonly contents: GenerateContentParameters['contents'] } {
  const { system, contents } = toGoogleContents(request.messages, request.files, signatures);
  const schema = request.schema === undefined ? undefined : toDialect(request.schema, googleDialect);
  const body = {
    contents,
    systemInstruction: system,
    maxOutputTokens: request.maxTokens,
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    seed: request.seed,
    ...(request.stop === undefined || request.stop.length === 0 ? {} : { stopSequences: request.stop.slice(0, 5) }),
    thinkingConfig: request.reasoning === undefined ? undefined : thinkingOf(request.model, request.reasoning),
    responseMimeType: schema === undefined ? undefined : 'application/json',
    responseJsonSchema: schema,
    ...toolsOf(request),
  };
  for (const name of dropped) Reflect.deleteProperty(body, name);
  return body;
}

function toolsOf({ tools = [], toolChoice }: ProviderRequest) {
  if (tools.length === 0) return {};
  const functionDeclarations = tools.map(({ name, description, parameters }) => ({
    name,
    description,
    parametersJsonSchema: parameters,
  }));
  const mode = toolChoice === 'none' ? 'NONE' : toolChoice === undefined || toolChoice === 'auto' ? 'AUTO' : 'ANY';
  const names = typeof toolChoice === 'object' ? { allowedFunctionNames: [toolChoice.name] } : {};
  return {
    tools: [{ functionDeclarations }],
    toolConfig: toolChoice === undefined ? undefined : { functionCallingConfig: { mode: modeOf(mode), ...names } },
  };
}

/** Models before Gemini 3 take a token budget, later ones a level. */
function thinkingOf(model: string, reasoning: NonNullable<ProviderRequest['reasoning']>): ThinkingConfig {
  if (/gemini-(?:[01]|2)(?:[.-]|$)/.test(model))
    return { thinkingBudget: budgets[reasoning], includeThoughts: reasoning !== 'none' };
  const level = { none: 'MINIMAL', low: 'LOW', medium: 'MEDIUM', high: 'HIGH' } as const;
  return { thinkingLevel: levelOf(level[reasoning]), includeThoughts: reasoning !== 'none' };
}
