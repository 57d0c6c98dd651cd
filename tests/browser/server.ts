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
/** What of the repository pages may have. */
const SERVED = /^\/(dist|examples|tests)\//;

export type Headers = Readonly<Record<string, string>>;

export interface Server {
  readonly origin: string;
  /** Serves `body` at that path from now on. */
  put(pathname: string, body: string, headers?: Headers): void;
  close(): Promise<void>;
}

export async function startServer(): Promise<Server> {
  const own = new Map<string, { body: string; headers: Headers }>();
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
    readFile(join(root, pathname)).then(
      (body) => send(body, pathname.endsWith(".br") ? { "content-encoding": "br" } : {}),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    put: (pathname, body, headers = {}) => void own.set(pathname, { body, headers }),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
