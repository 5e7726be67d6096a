import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localPrincipal } from '@heddle/core';
import { HeddleModule } from './heddle.module.js';
import { receiveMultipart } from './http/bodies/receive-multipart.js';
import { echoDocument } from './testing/echo-document.js';
import { openShop } from './testing/shop.js';
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

    // oxlint-disable-next-line typescript/no-unsafe-class-instance-assignment -- Nest takes its options as a plain object, though it declares a class
    const app = await NestFactory.create<NestFastifyApplication>(ShopModule, new FastifyAdapter(), { logger: false });
    receiveMultipart(app);
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

  it('serves Heddle as the docs describe, with the channels of published workflows', async () => {
    const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');
    const example = read('testing/shop.ts');
    expect(read('../../docs/deploying.md')).toContain(example.slice(example.indexOf('@Controller')));
    const folder = mkdtempSync(join(tmpdir(), 'heddle-shop-'));
    const { app, heddle, close } = await openShop({ HEDDLE_DATA: folder, HEDDLE_STOP_MS: '0' });
    try {
      await heddle.workflows.create(echoDocument(), 'echo');
      await heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
      await app.listen(0, '127.0.0.1');
      const ask = async (path: string, init: RequestInit = {}): Promise<unknown> =>
        (await fetch(`${await app.getUrl()}${path}`, init)).json();
      const body = JSON.stringify({ question: 'hi' });
      const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
      expect(await ask('/shop')).toEqual({ isOpen: true });
      expect(await ask('/v1/workflows/echo', json)).toMatchObject({ outputs: { answer: 'You asked: hi' } });
      expect(await ask('/v1/models')).toMatchObject({ object: 'list' });
      const form = new FormData();
      form.set('question', 'parts');
      expect(await ask('/v1/workflows/echo', { method: 'POST', body: form })).toMatchObject({
        outputs: { answer: 'You asked: parts' },
      });
    } finally {
      await close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
