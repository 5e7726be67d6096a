import 'reflect-metadata';
import multipart from '@fastify/multipart';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { HeddleModule } from './heddle.module.js';
import { createTestHeddle } from './testing/test-heddle.js';
import { testDocument } from './testing/test-nodes.js';

describe('HeddleModule.forRoot', () => {
  it('serves Heddle inside another Nest application, beside its own routes', async () => {
    const heddle = createTestHeddle();

    @Controller('shop')
    class ShopController {
      @Get()
      open(): { readonly isOpen: boolean } {
        return { isOpen: true };
      }
    }
    @Module({ imports: [HeddleModule.forRoot({ heddle })], controllers: [ShopController] })
    class ShopModule {}

    // Nest takes its options as a plain object, though it declares a class.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
    const app = await NestFactory.create<NestFastifyApplication>(ShopModule, new FastifyAdapter(), { logger: false });
    await app.register(multipart);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const ask = async (method: 'GET' | 'POST', url: string, payload?: object) => {
      const reply = await app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
      return { status: reply.statusCode, body: JSON.parse(reply.payload) as unknown };
    };
    expect(await ask('GET', '/shop')).toEqual({ status: 200, body: { isOpen: true } });
    expect(await ask('GET', '/shop/nothing')).toMatchObject({ status: 404, body: { statusCode: 404 } });
    expect(await ask('GET', '/api/runs/nothing')).toMatchObject({
      status: 404,
      body: { error: { code: 'run_not_found' } },
    });
    expect(await ask('GET', '/api/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
    const run = await ask('POST', '/api/runs?wait=1', { document: testDocument(), inputs: { question: 'why' } });
    expect(run).toMatchObject({ status: 200, body: { status: 'done', outputs: { question: 'why' } } });
    await app.close();
    await heddle.close();
  });
});
