import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';

/**
 * Lets bodies of multipart/form-data through unread: the routes that take files read them part by part, by the limits of the settings.
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
