import type { Metadata, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Message } from '../connection.js';
import { methods, pathOf, requestOf, type Method } from '../interface.js';
import { loadLibrary } from '../library.js';

/** A call that the double got. */
interface Seen {
  readonly method: Method;
  readonly request: Message;
  readonly authorization: string | undefined;
  readonly database: string | undefined;
}

/** The answer of a call; one with `grpc` is a status of gRPC, and `undefined` never comes. */
type Answer = Message | { readonly grpc: number; readonly details: string } | undefined;

/** A double of Milvus that answers as a spec says. Without an answer of the spec, a call succeeds and finds nothing. */
export interface FakeMilvus {
  readonly url: string;
  readonly seen: Seen[];
  /** How calls are answered from now on. */
  answer: (method: Method, request: Message) => Answer | Promise<Answer>;
  close(): Promise<void>;
}

const usual: Partial<Record<Method, Message>> = {
  GetVersion: { version: 'v2.6.1' },
  GetLoadState: { state: 3 },
};

/** What a call is answered with where a spec says nothing else. */
export const usualAnswer = (method: Method): Message => usual[method] ?? {};

/** The status of a fault. */
export const faulty = (method: Method, code: number, reason: string): Message => {
  const status = { code, reason, error_code: code === 0 ? 0 : 1 };
  return methods[method] === 'milvus.proto.common.Status' ? status : { status };
};

/** Starts the double on a free port. */
export async function startFakeMilvus(): Promise<FakeMilvus> {
  const library = await loadLibrary();
  const { Server, ServerCredentials } = library.grpc;
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  const fake: FakeMilvus = { url: '', seen: [], answer: usualAnswer, close: () => Promise.resolve(server.forceShutdown()) };
  const service: Record<string, unknown> = {};
  const handlers: Record<string, unknown> = {};
  for (const method of Object.keys(methods) as Method[]) {
    const [requests, answers] = [library.typeOf(requestOf(method)), library.typeOf(methods[method])];
    service[method] = {
      ...{ path: pathOf(method), requestStream: false, responseStream: false },
      requestSerialize: (message: Message) => Buffer.from(requests.encode(requests.fromObject(message)).finish()),
      requestDeserialize: (bytes: Buffer) =>
        requests.toObject(requests.decode(bytes), { longs: Number, defaults: true, arrays: true }),
      responseSerialize: (message: Message) => Buffer.from(answers.encode(answers.fromObject(message)).finish()),
      responseDeserialize: (bytes: Buffer) => answers.toObject(answers.decode(bytes)),
    };
    handlers[method] = async (
      call: { readonly request: Message; readonly metadata: Metadata },
      done: (error: { readonly code: number; readonly details: string } | null, answer?: Message) => void,
    ) => {
      const [authorization] = call.metadata.get('authorization').map(String);
      const [database] = call.metadata.get('dbname').map(String);
      fake.seen.push({ method, request: call.request, authorization, database });
      const answer = await fake.answer(method, call.request);
      if (answer === undefined) return;
      if (typeof answer['grpc'] === 'number') done({ code: answer['grpc'], details: String(answer['details']) });
      else done(null, answer);
    };
  }
  server.addService(service as ServiceDefinition, handlers as UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return Object.assign(fake, { url: `http://127.0.0.1:${port}` });
}
