import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/**
 * Passes multipart/form-data through unparsed. Routes with files read it part by part, within the limits of the settings.
 *
 * @example receiveMultipart(await NestFactory.create<NestFastifyApplication>(ShopModule, new FastifyAdapter()));
 */
export function receiveMultipart(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addContentTypeParser('multipart/form-data', (_request: FastifyRequest, _body: unknown, done: BodyDone) =>
      done(null),
    );
}

type BodyDone = (error: Error | null) => void;
