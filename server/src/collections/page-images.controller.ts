import { queryNumber, type Principal } from '@heddle/core';
import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/caller.js';
import { ReaderNames } from '../auth/readers/reader-names.js';
import { Access } from '../http/access.js';
import { closeSignal } from '../http/connections/close-signal.js';
import { Reply } from '../http/reply.js';
import { PageImages } from './page-images.js';

const PageImageQuery = z.object({ page: queryNumber(z.int().min(1).max(1_000_000)).default(1) });

@Controller('api/collections')
export class PageImagesController {
  constructor(
    private readonly pages: PageImages,
    private readonly readerNames: ReaderNames,
  ) {}

  /**
   * A page of a PDF or picture as a raster image, for the readers of the document. The boxes of a passage are positions in this image. The
   * id is one encoded segment of the path.
   */
  @Get(':name/documents/:id/page')
  @Access('collection:read', { kind: 'collection', param: 'name' })
  @Reply(undefined, 200, 'image/png')
  async page(
    @Param('name') name: string,
    @Param('id') id: string,
    @Query({ schema: PageImageQuery }) { page }: z.infer<typeof PageImageQuery>,
    @Caller() caller: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { mediaType, content } = await this.pages.page(name, id, page, {
      by: () => this.readerNames.ofPrincipal(caller),
      signal: closeSignal(reply),
    });
    await reply
      .header('content-type', mediaType)
      .header('content-length', content.length)
      .header('content-disposition', 'inline')
      .header('cache-control', 'private, no-store')
      .send(Buffer.from(content));
  }
}
