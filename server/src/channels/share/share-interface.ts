import {
  chatInterfaceOf,
  jsonSchemaOf,
  schemaOfType,
  type PlanInterface,
  type Port,
  type SharedChat,
  type SharedInput,
  type ShareKind,
} from '@heddle/core';

/** How an input is named that says which conversation a run belongs to. */
const sessionName = /^(?:session|conversation|thread|chat)(?:_?id)?$/i;

/** What anonymous users fill in, and what the channel fills in for them. */
export interface ShareInterface {
  /** Inputs without those of the conversation. */
  readonly visible: PlanInterface;
  /** Inputs that say which conversation it is: never an anonymous user's to name, or they could read those of others. */
  readonly sessions: readonly string[];
  readonly chat: SharedChat | undefined;
}

/** Reads the face of a version as a share shows it. */
export function shareInterfaceOf(planInterface: PlanInterface): ShareInterface {
  const sessions = Object.keys(planInterface.inputs).filter(
    (name) => planInterface.inputs[name]?.type === 'Text' && sessionName.test(name),
  );
  const visible = { ...planInterface, inputs: without(planInterface.inputs, sessions) };
  const files = Object.entries(visible.inputs).filter(([, port]) => isFile(port));
  const talk = chatInterfaceOf({
    ...visible,
    inputs: without(
      visible.inputs,
      files.map(([name]) => name),
    ),
  });
  const attached = files[0];
  // One file input is what a message carries; more of them are a form.
  const isForm =
    files.length > 1 || (attached !== undefined && !attached[1].isOptional && !attached[1].type.endsWith('[]'));
  if (talk === undefined || isForm) return { visible, sessions, chat: undefined };
  return {
    visible,
    sessions,
    chat: {
      input: talk.input.name,
      takes: talk.input.kind,
      output: talk.output,
      hasMemory: sessions.length > 0,
      ...(attached === undefined
        ? {}
        : {
            files: {
              input: attached[0],
              isMany: attached[1].type.endsWith('[]'),
              isImage: attached[1].type.startsWith('Image'),
            },
          }),
    },
  };
}

/** The kind that fits a face best: whoever talks fills in nothing else. */
export function usualKind({ chat, visible }: ShareInterface): ShareKind {
  if (chat === undefined) return 'form';
  return Object.keys(visible.inputs).every((name) => name === chat.input || name === chat.files?.input)
    ? 'chat'
    : 'form';
}

/** The inputs of a form, in the order of the workflow. */
export function sharedInputs({ visible }: ShareInterface): SharedInput[] {
  return Object.entries(visible.inputs).map(([name, port]) => ({
    name,
    type: port.type,
    ...(port.title === undefined ? {} : { title: port.title }),
    ...(port.help === undefined ? {} : { help: port.help }),
    isRequired: !port.isOptional && port.default === undefined,
    ...(port.default === undefined ? {} : { default: port.default }),
    schema: jsonSchemaOf(port.schema ?? schemaOfType(port.type)),
  }));
}

export const isFile = ({ type }: Port): boolean => /^(?:File|Image)(?:\[\])?$/.test(type);

const without = (ports: PlanInterface['inputs'], names: readonly string[]): PlanInterface['inputs'] =>
  Object.fromEntries(Object.entries(ports).filter(([name]) => !names.includes(name)));
