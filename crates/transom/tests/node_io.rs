//! `node:` modules over native operations: files, sockets, HTTP, compression, cryptography. What is expected of the
//! expressions was printed by Node 22.

mod expressions;

use transom_testkit::{Answer, Project, Upstream};

const IMPORTS: &str = "import crypto from 'node:crypto';
    import dns from 'node:dns';
    import fs from 'node:fs';
    import http from 'node:http';
    import net from 'node:net';
    import tls from 'node:tls';
    import zlib from 'node:zlib';";

#[track_caller]
fn check(expressions: &[(&str, &str)]) {
    expressions::check(IMPORTS, expressions);
}

#[test]
fn compression_is_that_of_node() {
    check(&[
        ("zlib.gunzipSync(zlib.gzipSync('hello')).toString()", "hello"),
        ("zlib.inflateRawSync(zlib.deflateRawSync('raw')).toString()", "raw"),
        (
            "zlib.unzipSync(zlib.deflateSync('un')).toString() + zlib.unzipSync(zlib.gzipSync('zip'))",
            "unzip",
        ),
        (
            "zlib.gunzipSync(Buffer.concat([zlib.gzipSync('a'), zlib.gzipSync('b'), Buffer.from('garbage')])).toString()",
            "Error Z_DATA_ERROR: incorrect header check",
        ),
        ("zlib.brotliDecompressSync(zlib.brotliCompressSync('abc'.repeat(100))).length", "300"),
        (
            "zlib.inflateSync(zlib.deflateSync('text', { dictionary: Buffer.from('text') }), { dictionary: Buffer.from('text') }).toString()",
            "text",
        ),
        (
            "zlib.inflateSync(zlib.deflateSync('text', { dictionary: Buffer.from('text') }))",
            "Error Z_NEED_DICT: Missing dictionary",
        ),
        ("zlib.gunzipSync('nope nope nope')", "Error Z_DATA_ERROR: incorrect header check"),
        (
            "zlib.gunzipSync(zlib.gzipSync('hello world').subarray(0, 15))",
            "Error Z_BUF_ERROR: unexpected end of file",
        ),
        (
            "zlib.gunzipSync(zlib.gzipSync(Buffer.alloc(1000)), { maxOutputLength: 10 })",
            "RangeError ERR_BUFFER_TOO_LARGE: Cannot create a Buffer larger than 10 bytes",
        ),
        (
            "zlib.gzipSync(5)",
            r#"TypeError ERR_INVALID_ARG_TYPE: The "buffer" argument must be of type string or an instance of Buffer, TypedArray, DataView, or ArrayBuffer. Received type number (5)"#,
        ),
        (
            "zlib.gzipSync('a', { level: 10 })",
            r#"RangeError ERR_OUT_OF_RANGE: The value of "options.level" is out of range. It must be >= -1 and <= 9. Received 10"#,
        ),
        (
            "zlib.zstdDecompressSync(zlib.zstdCompressSync('hello hello hello hello')) + zlib.zstdCompressSync('hello hello hello hello').toString('hex')",
            "hello hello hello hello28b52ffd20176500003068656c6c6f200100994b11",
        ),
        (
            "zlib.zstdDecompressSync(Buffer.from('garbage!garbage'))",
            "Error ZSTD_error_prefix_unknown: Unknown frame descriptor",
        ),
        (
            "zlib.zstdCompressSync('a', { params: { 5000: 1 } })",
            "RangeError ERR_ZSTD_INVALID_PARAM: 5000 is not a valid zstd parameter",
        ),
        (
            "zlib.zstdCompressSync('a', { params: { [zlib.constants.ZSTD_c_nbWorkers]: 4 } })",
            "Error ERR_ZLIB_INITIALIZATION_FAILED: Setting parameter failed",
        ),
        (
            "zlib.zstdCompressSync('a', { params: { [zlib.constants.ZSTD_c_jobSize]: 1 << 20 } })",
            "Error ERR_ZLIB_INITIALIZATION_FAILED: Setting parameter failed",
        ),
        (
            "zlib.zstdCompressSync('a', { params: { [zlib.constants.ZSTD_c_windowLog]: -3 } })",
            "Error ERR_ZLIB_INITIALIZATION_FAILED: Setting parameter failed",
        ),
        (
            "zlib.zstdCompressSync('a', { params: { [zlib.constants.ZSTD_c_windowLog]: 99 } })",
            "Error ERR_ZLIB_INITIALIZATION_FAILED: Setting parameter failed",
        ),
        (
            "zlib.zstdCompressSync('a', { params: { [zlib.constants.ZSTD_c_strategy]: 10 } })",
            "Error ERR_ZLIB_INITIALIZATION_FAILED: Setting parameter failed",
        ),
        (
            "zlib.zstdCompressSync('a', { params: { [zlib.constants.ZSTD_c_checksumFlag]: 2 } })",
            "Error ERR_ZLIB_INITIALIZATION_FAILED: Setting parameter failed",
        ),
        (
            "zlib.zstdCompressSync('a', { params: { [zlib.constants.ZSTD_c_windowLog]: 20.5 } })",
            "RangeError ERR_OUT_OF_RANGE: The value of \"options.params[key]\" is out of range. It must be an integer. Received 20.5",
        ),
        (
            "zlib.zstdDecompressSync(zlib.zstdCompressSync('a'), { params: { [zlib.constants.ZSTD_d_windowLogMax]: -3 } })",
            "Error ERR_ZLIB_INITIALIZATION_FAILED: Setting parameter failed",
        ),
        (
            "zlib.zstdDecompressSync(zlib.zstdCompressSync('few', { params: { [zlib.constants.ZSTD_c_compressionLevel]: -5, [zlib.constants.ZSTD_c_nbWorkers]: 0, [zlib.constants.ZSTD_c_strategy]: 0, [zlib.constants.ZSTD_c_windowLog]: 20 } })).toString()",
            "few",
        ),
        (
            "zlib.zstdDecompressSync(zlib.zstdCompressSync(Buffer.alloc(1 << 20, 'abc'), { params: { [zlib.constants.ZSTD_c_compressionLevel]: 9, [zlib.constants.ZSTD_c_checksumFlag]: 1 } })).equals(Buffer.alloc(1 << 20, 'abc'))",
            "true",
        ),
        ("zlib.crc32('hello')", "907060870"),
        ("zlib.crc32('lo', zlib.crc32('hel'))", "907060870"),
    ]);
}

#[test]
fn ciphers_hashes_and_keys_are_those_of_node() {
    check(&[
        ("crypto.createHash('md5').update('a').digest('hex')", "0cc175b9c0f1b6a831c399e269772661"),
        (
            "crypto.createHash('ripemd160').update('a').digest('base64')",
            "C9ydLSVrPunarjR75vTcg1pGf/4=",
        ),
        (
            "crypto.createHmac('md5', 'k').update('a').digest('hex')",
            "ddcf3d210049e7135f61affae73731cd",
        ),
        ("crypto.createHash('nope')", "Error undefined: Digest method not supported"),
        (
            "crypto.pbkdf2Sync('p', 's', 1000, 16, 'sha512').toString('hex')",
            "e3d368e7e1f1214acb9fa2029ace9e81",
        ),
        (
            "crypto.pbkdf2Sync('p', 's', 1, 16, 'nope')",
            "TypeError ERR_CRYPTO_INVALID_DIGEST: Invalid digest: nope",
        ),
        ("crypto.scryptSync('p', 's', 16).toString('hex')", "4329787752e75d1de359a05806e492d4"),
        (
            "crypto.scryptSync('p', 's', 16, { N: 15 })",
            "RangeError ERR_CRYPTO_INVALID_SCRYPT_PARAMS: Invalid scrypt params",
        ),
        (
            "Buffer.from(crypto.hkdfSync('sha256', 'k', 's', 'i', 16)).toString('hex')",
            "02b0929a9d46e9236e23320ea2a8c3b4",
        ),
        (
            "(() => { const c = crypto.createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16)); return c.update('hello', 'utf8', 'base64') + c.final('base64'); })()",
            "mDTtUYy8j76a88bst164wA==",
        ),
        (
            "(() => { const c = crypto.createCipheriv('aes-256-gcm', Buffer.alloc(32, 1), Buffer.alloc(12, 2)); c.setAAD(Buffer.from('more')); return c.update('secret', 'utf8', 'hex') + c.final('hex') + c.getAuthTag().toString('hex'); })()",
            "74b3aa3b2f2388637e714930e6a51217699fa1b13f7e",
        ),
        (
            "(() => { const c = crypto.createCipheriv('aes-192-ctr', Buffer.alloc(24, 1), Buffer.alloc(16, 255)); return c.update('a longer text than one block', 'utf8', 'hex') + c.final('hex'); })()",
            "24a1905ca455ddef2439c8f509bec65a3ee6cf50d38ed2868e090679",
        ),
        (
            "(() => { const c = crypto.createCipheriv('chacha20-poly1305', Buffer.alloc(32, 1), Buffer.alloc(12, 2), { authTagLength: 16 }); return c.update('secret', 'utf8', 'hex') + c.final('hex') + c.getAuthTag().toString('hex'); })()",
            "9579915ce8d779ad54e37201d8685a2e461b6805c2ff",
        ),
        (
            "(() => { const d = crypto.createDecipheriv('aes-256-gcm', Buffer.alloc(32, 1), Buffer.alloc(12, 2)); d.setAuthTag(Buffer.alloc(16)); d.update('ab', 'hex'); d.final(); })()",
            "Error undefined: Unsupported state or unable to authenticate data",
        ),
        (
            "(() => { const d = crypto.createDecipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16)); d.update(Buffer.alloc(16)); d.final(); })()",
            "Error ERR_OSSL_BAD_DECRYPT: error:1C800064:Provider routines::bad decrypt",
        ),
        (
            "crypto.createCipheriv('aes-128-cbc', Buffer.alloc(15), Buffer.alloc(16))",
            "RangeError ERR_CRYPTO_INVALID_KEYLEN: Invalid key length",
        ),
        (
            "crypto.createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(15))",
            "TypeError ERR_CRYPTO_INVALID_IV: Invalid initialization vector",
        ),
        (
            "crypto.createCipheriv('nope', Buffer.alloc(16), null)",
            "Error ERR_CRYPTO_UNKNOWN_CIPHER: Unknown cipher",
        ),
        ("crypto.createSecretKey(Buffer.from('key')).export().toString()", "key"),
        (
            "crypto.createPublicKey(crypto.createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }, format: 'jwk' })).export({ format: 'pem', type: 'spki' })",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n",
        ),
        (
            "crypto.sign(null, Buffer.from('m'), crypto.createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }, format: 'jwk' })).toString('base64')",
            "0pejblcAvIQCh5VvsPP6h7VPuVSA+eh46W79GQ/xnjcIhBdYlA6MvHgdDDbQIMhWeHi57vbcRVE+EkJtBWc1DA==",
        ),
        (
            "crypto.createPrivateKey('nope')",
            "Error ERR_OSSL_UNSUPPORTED: error:1E08010C:DECODER routines::unsupported",
        ),
        ("crypto.getCurves().includes('prime256v1')", "true"),
        ("crypto.getCipherInfo('aes-256-gcm').ivLength", "12"),
    ]);
}

#[test]
fn arguments_of_the_network_are_those_of_node() {
    check(&[
        ("net.isIP('::1') + net.isIP('1.2.3.4') + net.isIP('1.2.3')", "10"),
        ("net.isIPv6('fe80::1%eth0')", "true"),
        (
            "net.connect({ port: 99999 })",
            "RangeError ERR_SOCKET_BAD_PORT: Port should be >= 0 and < 65536. Received type number (99999).",
        ),
        (
            "net.connect({ host: 'a' })",
            r#"TypeError ERR_MISSING_ARGS: The "options" or "port" or "path" argument must be specified"#,
        ),
        (
            "http.request({ path: '/a b' })",
            "TypeError ERR_UNESCAPED_CHARACTERS: Request path contains unescaped characters",
        ),
        (
            "http.request({ protocol: 'ftp:' })",
            r#"TypeError ERR_INVALID_PROTOCOL: Protocol "ftp:" not supported. Expected "http:""#,
        ),
        (
            "http.request({ headers: { 'a b': '1' } })",
            r#"TypeError ERR_INVALID_HTTP_TOKEN: Header name must be a valid HTTP token ["a b"]"#,
        ),
        ("http.STATUS_CODES[418]", "I'm a Teapot"),
        ("http.METHODS.length > 30", "true"),
        (
            "dns.lookup('a')",
            r#"TypeError ERR_INVALID_ARG_TYPE: The "callback" argument must be of type function. Received undefined"#,
        ),
    ]);
}

#[test]
fn arguments_of_files_are_those_of_node() {
    check(&[
        (
            "fs.readFileSync(5.5)",
            r#"TypeError ERR_INVALID_ARG_TYPE: The "path" argument must be of type string or an instance of Buffer or URL. Received type number (5.5)"#,
        ),
        (
            "fs.openSync('x', 'zz')",
            "TypeError ERR_INVALID_ARG_VALUE: The argument 'flags' is invalid. Received 'zz'",
        ),
        (
            "fs.mkdirSync('x', { recursive: 1 })",
            r#"TypeError ERR_INVALID_ARG_TYPE: The "options.recursive" property must be of type boolean. Received type number (1)"#,
        ),
        ("fs.constants.O_CREAT", "64"),
        (
            "fs.readFile('x')",
            r#"TypeError ERR_INVALID_ARG_TYPE: The "cb" argument must be of type function. Received undefined"#,
        ),
        ("fs.existsSync(undefined)", "false"),
    ]);
}

/// Serves one endpoint whose body is `code`, with files and a few helpers at hand; whatever it throws is shown.
#[track_caller]
fn run(code: &str) {
    let source = format!(
        "{IMPORTS}
         import {{ AsyncLocalStorage }} from 'node:async_hooks';
         import fsp from 'node:fs/promises';
         import {{ tmpdir }} from 'node:os';
         import {{ pipeline }} from 'node:stream/promises';
         const is = (found, expected) => {{
           const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
           if (a !== b) throw new Error(`found ${{a}}, expected ${{b}}`);
         }};
         const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));
         export const GET = async () => {{
           const dir = fs.mkdtempSync(tmpdir() + '/transom-node-io-');
           try {{
             await (async () => {{ {code} }})();
             return new Response('works');
           }} catch (error) {{
             return new Response(`${{error}} ${{error.stack}}`);
           }} finally {{
             fs.rmSync(dir, {{ recursive: true, force: true }});
           }}
         }};"
    );
    let server = Project::new(env!("CARGO_BIN_EXE_transom"))
        .file("src/pages/index.ts", source)
        .build_and_serve();
    assert_eq!(server.get("/").text(), "works");
}

#[test]
fn files_work_in_every_form() {
    run("const f = dir + '/a.txt';
        await fsp.writeFile(f, 'hello');
        fs.appendFileSync(f, ' world');
        is(await new Promise((r) => fs.readFile(f, 'utf8', (error, text) => r([error, text]))), [null, 'hello world']);
        is(await fsp.mkdir(dir + '/x/y/z', { recursive: true }), dir + '/x');
        is(fs.readdirSync(dir, { recursive: true }).sort(), ['a.txt', 'x', 'x/y', 'x/y/z']);
        is((await fsp.readdir(dir, { withFileTypes: true })).map((e) => [e.name, e.isFile()]).sort(), [['a.txt', true], ['x', false]]);
        const stats = await fsp.stat(f);
        is([stats.size, stats.isFile(), typeof fs.statSync(f, { bigint: true }).mtimeNs], [11, true, 'bigint']);
        fs.symlinkSync('a.txt', dir + '/l');
        is([fs.readlinkSync(dir + '/l'), fs.lstatSync(dir + '/l').isSymbolicLink()], ['a.txt', true]);
        fs.utimesSync(f, 1, 2.5);
        is(fs.statSync(f).mtimeMs, 2500);
        const handle = await fsp.open(dir + '/h', 'w+');
        await handle.write('abc');
        await handle.write(Buffer.from('xyz'), 1, 2, 1);
        const buffer = Buffer.alloc(9);
        is([(await handle.read(buffer, 0, 9, 0)).bytesRead, buffer.toString('utf8', 0, 3)], [3, 'ayz']);
        await handle.close();
        is(await handle.stat().catch((error) => error.code), 'EBADF');
        await fsp.cp(dir + '/x', dir + '/x2', { recursive: true });
        is(fs.existsSync(dir + '/x2/y/z'), true);
        await fsp.rm(dir + '/x', { recursive: true });
        is(fs.existsSync(dir + '/x'), false);
        await fsp.writeFile(dir + '/pieces', (async function* () { yield 'one '; yield Buffer.from('two'); })());
        is(fs.readFileSync(dir + '/pieces', 'latin1'), 'one two');
        const names = [];
        for await (const entry of await fsp.opendir(dir)) names.push(entry.name);
        is(names.sort(), ['a.txt', 'h', 'l', 'pieces', 'x2']);");
}

#[test]
fn errors_of_files_tell_what_node_tells() {
    run("const tell = async (work) => {
           try { await work(); return 'nothing'; } catch ({ message, code, errno, syscall, path, dest }) { return [message.replaceAll(dir, ''), code, errno, syscall, path?.replace(dir, ''), dest?.replace(dir, '')]; }
         };
         is(await tell(() => fsp.open(dir + '/no')), [\"ENOENT: no such file or directory, open '/no'\", 'ENOENT', -2, 'open', '/no', undefined]);
         is(await tell(() => fs.renameSync(dir + '/a', dir + '/b')), [\"ENOENT: no such file or directory, rename '/a' -> '/b'\", 'ENOENT', -2, 'rename', '/a', '/b']);
         is(await tell(() => fsp.mkdir(dir)), [\"EEXIST: file already exists, mkdir ''\", 'EEXIST', -17, 'mkdir', '', undefined]);
         is(await tell(() => fs.readFileSync(dir)), ['EISDIR: illegal operation on a directory, read', 'EISDIR', -21, 'read', undefined, undefined]);
         is(await tell(() => fs.closeSync(9999)), ['EBADF: bad file descriptor, close', 'EBADF', -9, 'close', undefined, undefined]);
         is((await tell(() => fsp.rm(dir + '/no')))[0], \"ENOENT: no such file or directory, lstat '/no'\");
         is((await tell(() => fs.rmSync(dir)))[1], 'ERR_FS_EISDIR');");
}

#[test]
fn files_are_streams_and_can_be_watched() {
    run("const f = dir + '/s';
         const out = fs.createWriteStream(f);
         out.write('one ');
         out.end('two three');
         await event(out, 'close');
         is([out.bytesWritten, out.path === f], [13, true]);
         let text = '';
         for await (const piece of fs.createReadStream(f, { encoding: 'utf8', start: 4, end: 6, highWaterMark: 2 })) text += piece;
         is(text, 'two');
         await pipeline(fs.createReadStream(f), zlib.createGzip(), fs.createWriteStream(f + '.gz'));
         is(zlib.gunzipSync(fs.readFileSync(f + '.gz')).toString(), 'one two three');
         is((await event(fs.createReadStream(dir + '/no'), 'error')).code, 'ENOENT');
         const watcher = fs.watch(dir);
         const seen = event(watcher, 'change');
         fs.writeFileSync(dir + '/new', '');
         is(await seen, 'rename');
         watcher.close();");
}

#[test]
fn requests_go_out_and_keep_their_context() {
    let upstream = Upstream::start(|received| {
        Answer::new(200, format!("{} {}", received.method, String::from_utf8_lossy(&received.body)))
    });
    let origin = upstream.origin();
    run(&format!(
        "const storage = new AsyncLocalStorage();
         const send = (options, body) => new Promise((resolve, reject) => {{
           const request = http.request('{origin}/', options, (response) => {{
             let text = '';
             response.setEncoding('utf8').on('data', (piece) => (text += piece)).on('end', () => resolve([response.statusCode, text, storage.getStore()]));
           }});
           request.on('error', reject);
           request.end(body);
         }});
         is(await storage.run('one', () => send({{ method: 'POST' }}, 'body')), [200, 'POST body', 'one']);
         is(await storage.run('two', () => send({{}})), [200, 'GET ', 'two']);
         const refused = await event(http.get('http://127.0.0.1:1/'), 'error');
         is([refused.message, refused.code, refused.syscall, refused.port], ['connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED', 'connect', 1]);
         const {{ host }} = new URL('{origin}');
         const [name, port] = host.split(':');
         const socket = net.connect({{ host: name, port: Number(port) }});
         socket.setEncoding('latin1');
         socket.write('GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n');
         is((await event(socket, 'data')).startsWith('HTTP/1.1 200'), true);
         socket.destroy();
         const idle = net.connect({{ host: name, port: Number(port) }});
         idle.setTimeout(20);
         await event(idle, 'timeout');
         idle.destroy();
         await event(idle, 'close');
         is((await dns.promises.lookup('127.0.0.1')).family, 4);"
    ));
}

#[test]
fn connections_of_agents_are_used_again() {
    let upstream = Upstream::start(|_| Answer::new(200, "ok"));
    let origin = upstream.origin();
    run(&format!(
        "const send = (options) => new Promise((resolve, reject) => {{
           const request = http.get('{origin}/', options, (response) => response.resume().on('end', () => {{
             request.on('close', () => resolve([request.reusedSocket, request.socket.localPort]));
           }}));
           request.on('error', reject);
         }});
         const [[before, port], [again, samePort]] = [await send({{}}), await send({{}})];
         is([before, again, port === samePort], [false, true, true]);
         const agent = new http.Agent({{ keepAlive: true, maxSockets: 1 }});
         const all = await Promise.all([send({{ agent }}), send({{ agent }}), send({{ agent }})]);
         is([all.map(([reused]) => reused), new Set(all.map(([, port]) => port)).size], [[false, false, false], 1]);
         is(await send({{ agent }}).then(([reused]) => reused), true);
         agent.destroy();
         is(await send({{ agent: false }}).then(([reused]) => reused), false);
         is(await send({{ agent: new http.Agent() }}).then(([reused]) => reused), false);"
    ));
}

#[test]
fn what_tls_sockets_cannot_do_is_refused_by_name() {
    let refused = "is not available in transom";
    check(&[
        ("new tls.TLSSocket(new net.Socket()).getSession()", "undefined"),
        ("new tls.TLSSocket(new net.Socket()).isSessionReused()", "false"),
        ("new tls.TLSSocket(new net.Socket()).setMaxSendFragment(512)", "false"),
        (
            "new tls.TLSSocket(new net.Socket()).setSession(Buffer.alloc(1))",
            &format!(
                "Error ERR_NOT_SUPPORTED: tlsSocket.setSession() {refused}: sessions are not resumed; keep the connection open, for example with an https.Agent that has `keepAlive`"
            ),
        ),
        (
            "new tls.TLSSocket(new net.Socket()).enableTrace()",
            &format!(
                "Error ERR_NOT_SUPPORTED: tlsSocket.enableTrace() {refused}: look at the handshake from outside, for example with `openssl s_client -connect host:port -trace`"
            ),
        ),
    ]);
}

#[test]
fn signatures_and_streams_of_bytes_fit_together() {
    run("for (const [type, options] of [['rsa', { modulusLength: 2048 }], ['ec', { namedCurve: 'P-384' }], ['ed25519', undefined]]) {
           const { publicKey, privateKey } = crypto.generateKeyPairSync(type, options);
           const algorithm = type === 'ed25519' ? null : 'sha256';
           const again = crypto.createPrivateKey({ key: privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'p' }), passphrase: 'p' });
           const signature = crypto.sign(algorithm, Buffer.from('m'), again);
           const jwk = crypto.createPublicKey({ key: publicKey.export({ format: 'jwk' }), format: 'jwk' });
           is([crypto.verify(algorithm, Buffer.from('m'), jwk, signature), crypto.verify(algorithm, Buffer.from('n'), publicKey, signature)], [true, false]);
         }
         const hash = crypto.createHash('sha1');
         fs.writeFileSync(dir + '/f', 'abc');
         await pipeline(fs.createReadStream(dir + '/f'), hash);
         is(hash.digest('hex'), 'a9993e364706816aba3e25717850c26c9cd0d89d');
         const gzip = zlib.createGzip();
         const read = zlib.createGunzip();
         gzip.pipe(read).setEncoding('latin1');
         gzip.write('first');
         gzip.flush(() => {});
         is(await event(read, 'data'), 'first');
         const [one, other] = [crypto.createECDH('prime256v1'), crypto.createECDH('prime256v1')];
         one.generateKeys();
         other.generateKeys();
         is(one.computeSecret(other.getPublicKey(), null, 'hex'), other.computeSecret(one.getPublicKey(), null, 'hex'));");
}

#[test]
fn what_would_have_no_effect_is_refused() {
    check(&[
        (
            "new dns.Resolver().setLocalAddress('127.0.0.1')",
            "Error ERR_NOT_SUPPORTED: dns.setLocalAddress is not available in transom: leave the call out",
        ),
        ("new dns.Resolver().constructor.name + dns.promises.Resolver.name", "ResolverResolver"),
    ]);
}
