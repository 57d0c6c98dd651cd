// A static server: the built files, what else of the repository is asked for by its path, and pages of the tests' own. It sends no header
// beyond the content type and what a page asks for.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".map": "application/json",
  ".wasm": "application/wasm",
};
/** Of packed fixtures, which browsers unpack then. */
const ENCODINGS: Record<string, string | undefined> = { ".br": "br", ".gz": "gzip" };
/** What of the repository pages may have; /cdn/ is dist/ with CDN's headers. */
const SERVED = /^\/(dist|cdn|examples|tests)\//;
/** What a host sends whose files other origins may use, isolated pages too, and their workers. */
const CDN = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "cross-origin-embedder-policy": "require-corp",
};

export type Headers = Readonly<Record<string, string>>;

export interface Server {
  readonly origin: string;
  /** The same server, as another origin. */
  readonly otherOrigin: string;
  /** Serves `body` at that path from now on. */
  put(pathname: string, body: string | Uint8Array, headers?: Headers): void;
  close(): Promise<void>;
}

export async function startServer(): Promise<Server> {
  const own = new Map<string, { body: string | Uint8Array; headers: Headers }>();
  const server = createServer((request, response) => {
    // URL has resolved every ".." already.
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const send = (body: string | Uint8Array, headers: Headers = {}): void => {
      const type = TYPES[extname(pathname)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, ...headers }).end(body);
    };
    const made = own.get(pathname);
    if (made) return send(made.body, made.headers);
    if (!SERVED.test(pathname)) return void response.writeHead(404).end();
    const encoding = ENCODINGS[extname(pathname)];
    const headers: Headers = pathname.startsWith("/cdn/") ? CDN : encoding ? { "content-encoding": encoding } : {};
    readFile(join(root, pathname.replace("/cdn/", "/dist/"))).then(
      (body) => send(body, headers),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    otherOrigin: `http://localhost:${port}`,
    put: (pathname, body, headers = {}) => void own.set(pathname, { body, headers }),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
