import { threadName } from '../../publishing/ab/thread-of.js';
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

/** The inputs that users fill in, and those that the channel fills in. */
export interface ShareInterface {
  /** All inputs except those that identify the conversation. */
  readonly visible: PlanInterface;
  /** Inputs that identify the conversation. Users never set them, because they could read the conversations of others. */
  readonly sessions: readonly string[];
  readonly chat: SharedChat | undefined;
}

/**
 * Derives the form and the chat of a share page from the interface of a version. `hasMemory`: nodes of the version read the run's thread.
 */
export function shareInterfaceOf(planInterface: PlanInterface, hasMemory = false): ShareInterface {
  const sessions = Object.keys(planInterface.inputs).filter(
    (name) => planInterface.inputs[name]?.type === 'Text' && threadName.test(name),
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
  // A message can carry the files of one optional input or list; anything else needs a form.
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
      hasMemory: hasMemory || sessions.length > 0,
      files:
        attached === undefined
          ? undefined
          : {
              input: attached[0],
              isMany: attached[1].type.endsWith('[]'),
              isImage: attached[1].type.startsWith('Image'),
            },
    },
  };
}

/** The kind of page that suits an interface: a chat if the user fills in nothing but the message and its files, else a form. */
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
    title: port.title,
    help: port.help,
    isRequired: !port.isOptional && port.default === undefined,
    default: port.default,
    schema: jsonSchemaOf(port.schema ?? schemaOfType(port.type)),
  }));
}

const isFile = ({ type }: Port): boolean => /^(?:File|Image)(?:\[\])?$/.test(type);

const without = (ports: PlanInterface['inputs'], names: readonly string[]): PlanInterface['inputs'] =>
  Object.fromEntries(Object.entries(ports).filter(([name]) => !names.includes(name)));
