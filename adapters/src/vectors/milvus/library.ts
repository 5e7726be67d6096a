import type * as Grpc from '@grpc/grpc-js';
import type { Type } from 'protobufjs';
import { described } from './interface.js';

/** gRPC and the message types of Milvus. */
export interface Library {
  readonly grpc: typeof Grpc;
  /** Finds a message type by its full name. */
  typeOf(name: string): Type;
}

let loaded: Promise<Library> | undefined;

/** Loads the gRPC library at its first use, so that a start without Milvus does not pay for it. */
export const loadLibrary = (): Promise<Library> => (loaded ??= load());

async function load(): Promise<Library> {
  const [grpc, protobuf] = await Promise.all([import('@grpc/grpc-js'), import('protobufjs/light.js')]);
  const root = protobuf.default.Root.fromJSON(described());
  return { grpc, typeOf: (name) => root.lookupType(name) };
}
