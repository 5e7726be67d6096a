/* oxlint-disable typescript/no-unsafe-class-instance-assignment -- Nest takes its options as a plain object, though it declares a class */
import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { openHeddle } from '../heddle/open-heddle.js';
import { HeddleModule } from '../heddle.module.js';
import { receiveMultipart } from '../http/bodies/receive-multipart.js';
import { readSettings } from '../settings/read-settings.js';

// From here on this is the example of docs/deploying.md, word by word; a test sees to it.
@Controller('shop')
class ShopController {
  @Get()
  open(): { readonly isOpen: boolean } {
    return { isOpen: true };
  }
}

export async function openShop(environment: Readonly<Record<string, string | undefined>>) {
  const heddle = await openHeddle(readSettings(environment), { kind: 'server' });

  @Module({ imports: [HeddleModule.forRoot({ heddle })], controllers: [ShopController] })
  class ShopModule {}

  const app = await NestFactory.create<NestFastifyApplication>(ShopModule, new FastifyAdapter(), { rawBody: true });
  receiveMultipart(app);
  await app.init();
  await heddle.recover(false); // runs that the last process left go on
  const close = async (): Promise<void> => {
    await heddle.stop();
    await app.close();
    await heddle.close();
  };
  return { app, heddle, close };
}
