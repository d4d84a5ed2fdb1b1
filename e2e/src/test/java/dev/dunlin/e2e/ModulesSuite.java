package dev.dunlin.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.dunlin.scheduler.process.ChildProcess;
import dev.dunlin.scheduler.process.ProcessSpec;
import dev.dunlin.scheduler.process.ProcessSpec.Stdio;
import dev.dunlin.scheduler.process.ProcessStarter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The JavaScript modules, the globals of a page, packages and workers in Chromium. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.dunlin.e2e.Account#all")
record ModulesSuite(Account account) {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  @RegisterExtension static final Apps APPS = new Apps();

  private static Page page;
  private static Path resources;

  @BeforeParameterizedClassInvocation(injectArguments = true)
  static void open(Account account) {
    RunningApp app =
        APPS.startForSuite(
            RunningApp.Start.of(Apps.named("modules"), "--", "dev-dunlin-e2e-modules:hello?x=1")
                .as(account)
                .driven()
                .variable("MODULES_ENV", "seen"));
    page = app.page();
    page.await("document.documentElement.dataset.ready === 'true'");
    resources = Path.of(page.run("return (await import('socket:path')).RESOURCES").asText());
  }

  /** Runs a script of these tests in Node, as the account. */
  private String node(String script, String... words) throws IOException {
    Path file = resources.resolve(script);
    try (var in = ModulesSuite.class.getResourceAsStream(script)) {
      Files.write(file, in.readAllBytes());
    }
    account.own(resources);
    List<String> argv = new ArrayList<>(account.prefix());
    argv.addAll(List.of("node", "--no-warnings", file.toString()));
    argv.addAll(List.of(words));
    return Account.run(argv.toArray(String[]::new));
  }

  @Test
  void comesToTheSameAsNode() throws IOException {
    Path corpus = Layout.of(Account.self()).home().resolve("bridge/src/main/js/test/differential");
    for (String name : List.of("corpus.mjs", "deviations.mjs")) {
      Files.copy(corpus.resolve(name), resources.resolve(name));
    }
    for (int seed : List.of(20, Integer.getInteger("modules.seed", 1))) {
      Path out = resources.resolve("node-" + seed + ".json");
      String said =
          node(
              "corpus-node.mjs",
              resources.resolve("corpus.mjs").toString(),
              Integer.toString(seed),
              out.toString());
      assertTrue(Files.exists(out), said);
      JsonNode here = page.evaluate("corpus(" + seed + ")", LONG);
      System.out.println(
          "modules: seed "
              + seed
              + ", "
              + here.path("count")
              + " scripts, "
              + here.path("excused")
              + " may differ (-Dmodules.seed=N)");
      assertTrue(here.path("count").asInt() > 2_500, here.path("count").toString());
      StringBuilder differ = new StringBuilder();
      here.path("differ").forEach(one -> differ.append(one.asText()).append('\n'));
      assertEquals("", differ.toString(), "seed " + seed);
    }
  }

  @Test
  void beginsWithTheGlobalsInTheirOrder() {
    assertEquals(
        "[\"first object boolean undefined\",\"init object\",\"main object function function function\"]",
        page.evaluate("seen").toString());
    assertEquals(
        "{\"index\":0,\"env\":\"seen\",\"title\":\"Modules\",\"headless\":true,\"frozen\":true,"
            + "\"client\":\"top-level\",\"same\":true,\"scripts\":2,\"required\":\"x\"}",
        page.run(
                """
                return { index: __args.index, env: __args.env.MODULES_ENV, title: __args.config.meta_title, headless: __args.headless,
                  frozen: Object.isFrozen(__args) && Object.isFrozen(__args.config), client: __args.client.frameType,
                  same: process === (await import('socket:process')).default && Buffer === (await import('node:buffer')).Buffer && global === globalThis,
                  scripts: document.scripts.length, required: require('path').basename('/a/x') }
                """)
            .toString());
    // A nested frame has them too, and is told what it is.
    assertEquals(
        "\"nested object\"",
        page.run(
                """
                const frame = document.createElement('iframe')
                frame.src = '/index.html?nested'
                const loaded = new Promise(resolve => frame.onload = resolve)
                document.body.append(frame)
                await loaded
                const said = frame.contentWindow.__args.client.frameType + ' ' + typeof frame.contentWindow.process
                frame.remove()
                return said
                """)
            .toString());
  }

  @Test
  void hooksHearWhatHappens() {
    assertEquals(
        "[\"ready\",\"load\",\"online\",\"data 1\",\"message hi\",\"stopped\",\"waited\"]",
        page.run(
                """
                const { onReady, onLoad, onOnline, onOffline, onData, onMessage, wait } = await import('socket:hooks')
                const heard = []
                await new Promise(resolve => onReady(() => { heard.push('ready'); resolve() }))
                await new Promise(resolve => onLoad(() => { heard.push('load'); resolve() }))
                onOnline(() => heard.push('online'))
                dispatchEvent(new Event('online'))
                onData(({ detail }) => heard.push('data ' + detail))
                dispatchEvent(new CustomEvent('data', { detail: 1 }))
                const stop = onMessage(({ data }) => heard.push('message ' + data))
                const said = new Promise(resolve => addEventListener('message', resolve, { once: true }))
                postMessage('hi')
                await said
                stop()
                heard.push('stopped')
                dispatchEvent(new MessageEvent('message', { data: 'again' }))
                const waiting = wait('thing')
                dispatchEvent(new Event('thing'))
                await waiting
                return [...heard, 'waited']
                """)
            .toString());
  }

  @Test
  void hearsTheUrlThatTheAppWasStartedWith() {
    page.await(
        "import('socket:hooks').then(({ onApplicationURL }) => new Promise(resolve => onApplicationURL("
            + "event => resolve(event instanceof ApplicationURLEvent && event.isValid"
            + " && event.source === 'dev-dunlin-e2e-modules:hello?x=1' && event.url.search === '?x=1'))))");
  }

  @Test
  void importsPackagesOfBothKinds() {
    assertEquals(
        "{\"sum\":3,\"together\":\"true function scoped deep\",\"kind\":\"esm\",\"deep\":\"deep\",\"joined\":\"x/cjs-pack\",\"once\":true,\"scoped\":\"scoped\",\"required\":3}",
        page.run(
                """
                const pack = await import('npm:esm-pack'), cjs = await import('npm:cjs-pack')
                return { sum: pack.sum, together: pack.together, kind: pack.default, deep: (await import('npm:esm-pack/lib/deep')).deep, joined: cjs.joined,
                  once: cjs.default === require('cjs-pack'), scoped: (await import('npm:@scope/named')).named, required: require('cjs-pack').add(1, 2) }
                """)
            .toString());
    assertEquals(
        "[1,1,\"data\",\"data\",\"data\",\"data\"]",
        page.run(
                """
                const own = await import('/data.json', { with: { type: 'json' } }), pack = await import('npm:esm-pack')
                return [own.default.own, require('./data.json').own, pack.plain, pack.attributed, (await import('npm:cjs-pack/data.json')).name, require('cjs-pack/data.json').name]
                """)
            .toString());
    for (String[] missing :
        new String[][] {
          {"npm:no-such-pack", "run npm install no-such-pack"},
          {"npm:esm-pack/main.js", "is not exported"}
        }) {
      String said =
          page.run("return import('" + missing[0] + "').then(() => 'it is there', String)")
              .asText();
      assertTrue(said.contains(missing[1]), said);
    }
  }

  @Test
  void worksInEveryKindOfWorker() {
    String wanted =
        "{\"cpus\":true,\"joined\":\"a/b\",\"isBuffer\":true,\"size\":300000,\"sha256\":\""
            + "%s\"}";
    JsonNode said =
        page.run(
            """
            const { writeFile } = await import('socket:fs/promises'), { createHash } = await import('socket:crypto'), { TMP } = await import('socket:path')
            const bytes = new Uint8Array(300000).map((_, i) => i * 7), file = TMP + '/worked'
            await writeFile(file, bytes)
            const ask = (port, target) => new Promise((resolve, reject) => { port.onmessage = ({ data }) => resolve(data); target.onerror = event => reject(new Error(event.message ?? 'it did not load')); port.postMessage(file) })
            const own = new Worker('/worker.js', { type: 'module' }), shared = new SharedWorker('/worker.js', { type: 'module' })
            const all = [await ask(own, own), await ask(shared.port, shared)]
            own.terminate()
            const { Worker: Thread } = await import('node:worker_threads')
            const thread = new Thread('/thread.js', { workerData: { a: [1] }, stdout: true })
            let said = ''
            thread.stdout.setEncoding('utf8').on('data', text => { said += text })
            const answer = new Promise((resolve, reject) => thread.on('message', resolve).on('error', reject))
            thread.postMessage(21)
            all.push(await answer)
            const ended = new Promise(resolve => thread.on('exit', resolve))
            await thread.terminate()
            return { all, said, ended: await ended, sha256: createHash('sha256').update(bytes).digest('hex') }
            """,
            LONG);
    String expected = wanted.formatted(said.path("sha256").asText());
    assertEquals(expected, said.path("all").path(0).toString());
    assertEquals(expected, said.path("all").path(1).toString());
    assertEquals(
        "{\"doubled\":42,\"workerData\":{\"a\":[1]},\"isMainThread\":false,\"threadId\":1}",
        said.path("all").path(2).toString());
    assertEquals("21 it is\n", said.path("said").asText());
    assertEquals(1, said.path("ended").asInt());
  }

  @Test
  void servesHttpInAServiceWorker() {
    // In an app of its own: the worker answers whatever a page of its scope asks for.
    Page alone = APPS.start(RunningApp.Start.of(Apps.named("modules")).as(account).driven()).page();
    alone.await("document.documentElement.dataset.ready === 'true'");
    assertEquals(
        "{\"status\":201,\"said\":{\"method\":\"POST\",\"path\":\"/api/x\",\"body\":\"hello\",\"size\":5}}",
        alone
            .run(
                """
                const { writeFile } = await import('socket:fs/promises'), { TMP } = await import('socket:path'), http = await import('node:http')
                await writeFile(TMP + '/served', '12345')
                const registration = await navigator.serviceWorker.register('/service.js', { type: 'module' })
                if (navigator.serviceWorker.controller === null) await new Promise(resolve => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }))
                const answer = await new Promise((resolve, reject) => {
                  const request = http.request(location.origin + '/api/x?file=' + encodeURIComponent(TMP + '/served'), { method: 'POST' }, resolve)
                  request.on('error', reject)
                  request.end('hello')
                })
                const chunks = []
                for await (const chunk of answer) chunks.push(chunk)
                const ask = what => new Promise(resolve => {
                  navigator.serviceWorker.addEventListener('message', ({ data }) => resolve(JSON.stringify(data)), { once: true })
                  registration.active.postMessage(what)
                })
                navigator.serviceWorker.startMessages()
                globalThis.environments = [await ask('count'), await ask('reset'), await ask('reset')]
                await registration.unregister()
                return { status: answer.statusCode, said: JSON.parse(Buffer.concat(chunks)) }
                """,
                LONG)
            .toString());
    String date = "\"at\":\"1970-01-01T00:00:00.000Z\"";
    assertEquals(
        String.join(
            "\n",
            "{\"seen\":{},\"again\":{"
                + date
                + ",\"visits\":1},\"left\":[\"at\",\"visits\"],\"ours\":true,\"same\":true}",
            "{\"seen\":{"
                + date
                + ",\"visits\":1},\"again\":{"
                + date
                + ",\"visits\":2},\"left\":[],\"ours\":true,\"same\":true}",
            "{\"seen\":{},\"again\":{"
                + date
                + ",\"visits\":1},\"left\":[],\"ours\":true,\"same\":true}"),
        alone.evaluate("environments.join('\\n')").asText());
  }

  @Test
  void makesFilesAndHandlesOfPaths() {
    assertEquals(
        "{\"text\":\"hello\",\"slice\":\"ell\",\"file\":[\"a.txt\",5,\"text/plain\",true],\"isHandle\":true,\"keys\":[\"a.txt\",\"deep\"],"
            + "\"written\":\"JELlo world\",\"resolved\":[\"deep\",\"new.txt\"],\"errors\":[\"NotFoundError\",\"TypeMismatchError\",\"TypeError\",\"InvalidModificationError\"],\"left\":[\"a.txt\"]}",
        page.run(
                """
                const fs = (await import('socket:fs')).default, { TMP, join } = await import('socket:path')
                const { createFile, createFileSystemDirectoryHandle, createFileSystemFileHandle } = await import('socket:fs/web')
                const folder = join(TMP, 'handles'), a = join(folder, 'a.txt')
                fs.mkdirSync(join(folder, 'deep'), { recursive: true })
                fs.writeFileSync(a, 'hello')
                const file = createFile(a), handle = await createFileSystemFileHandle(a), dir = await createFileSystemDirectoryHandle(folder), keys = []
                for await (const key of dir.keys()) keys.push(key)
                keys.sort()
                const text = await (await handle.getFile()).text(), slice = await file.slice(1, -1).text()
                const out = await handle.createWritable({ keepExistingData: true })
                await out.write({ type: 'write', position: 5, data: ' world' })
                await out.seek(0)
                await out.write(new Blob(['JEL']))
                await out.close()
                const deep = await dir.getDirectoryHandle('deep'), made = await deep.getFileHandle('new.txt', { create: true })
                const name = promise => promise.then(() => 'no error', error => error.name)
                const errors = [await name(dir.getFileHandle('none')), await name(dir.getFileHandle('deep')), await name(dir.getFileHandle('../a.txt')), await name(dir.removeEntry('deep'))]
                const resolved = await dir.resolve(made)
                await dir.removeEntry('deep', { recursive: true })
                return { text, slice, file: [file.name, file.size, file.type, file instanceof File], isHandle: handle instanceof FileSystemFileHandle && dir instanceof FileSystemDirectoryHandle, keys,
                  written: fs.readFileSync(a, 'utf8'), resolved, errors, left: fs.readdirSync(folder) }
                """)
            .toString());
  }

  @Test
  void asksDnsServersAsNodeDoes() throws IOException {
    Path script = resources.resolve("dns-node.mjs");
    try (var in = ModulesSuite.class.getResourceAsStream("dns-node.mjs")) {
      Files.write(script, in.readAllBytes());
    }
    ChildProcess node =
        ProcessStarter.get()
            .start(
                ProcessSpec.of("node", "--no-warnings", script.toString())
                    .withStdio(Stdio.PIPE, Stdio.PIPE, Stdio.PIPE))
            .toCompletionStage()
            .toCompletableFuture()
            .join();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(node.stdout(), StandardCharsets.UTF_8))) {
      JsonNode theirs = JSON.readTree(said.readLine());
      JsonNode ours =
          page.run(
              """
              const { Resolver } = (await import('node:dns')).promises, resolver = new Resolver({ tries: 1 }), wanted = %s, asked = {}
              resolver.setServers([wanted.at])
              for (const key of Object.keys(wanted.asked)) {
                const [name, type] = key.split(' ')
                asked[key] = await (type === 'reverse' ? resolver.reverse(name) : resolver.resolve(name, type)).catch(({ code, syscall, hostname, message }) => ({ code, syscall, hostname, message }))
              }
              return asked
              """
                  .formatted(JSON.writeValueAsString(theirs)),
              LONG);
      assertEquals(38, ours.size());
      theirs
          .path("asked")
          .properties()
          .forEach(one -> assertEquals(one.getValue(), ours.path(one.getKey()), one.getKey()));
    } finally {
      node.killTree();
    }
  }

  @Test
  void doesInChromiumWhatTheOtherModulesPromise() {
    assertEquals(
        "{\"digest\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"random\":[70000,true],\"murmur\":1586663183,"
            + "\"sodium\":32,\"aes\":true,\"zlib\":\"abcabc\",\"vm\":[3,5],\"als\":\"in\",\"timers\":\"v\",\"mime\":\"text/html\",\"language\":\"English (United States)\",\"ip\":true,\"tty\":false,\"channel\":1}",
        page.run(
                """
                const [crypto, zlib, vm, hooks, timers, mime, language, ip, tty, diagnostics] = await Promise.all(
                  ['crypto', 'zlib', 'vm', 'async_hooks', 'timers/promises', 'mime', 'language', 'ip', 'tty', 'diagnostics_channel'].map(name => import(`socket:${name}`)))
                await crypto.sodium.ready
                const bytes = crypto.randomBytes(70000), context = vm.createContext({ x: 2 })
                const key = await crypto.webcrypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt'])
                let heard = 0
                diagnostics.subscribe('c', () => heard++)
                diagnostics.channel('c').publish({})
                return {
                  digest: (await crypto.createDigest('SHA-256', Buffer.from('abc'))).toString('hex'), random: [bytes.length, bytes.some(byte => byte !== 0)], murmur: crypto.murmur3('hello world', 0) >>> 0,
                  sodium: crypto.sodium.crypto_generichash(32, 'x').length, aes: key instanceof CryptoKey, zlib: String(zlib.gunzipSync(zlib.gzipSync('abcabc'))),
                  vm: [vm.runInContext('y = x + 1', context), vm.runInThisContext('2 + 3')], als: (store => store.run('in', () => store.getStore()))(new hooks.AsyncLocalStorage()), timers: await timers.setTimeout(1, 'v'),
                  mime: (await mime.lookup('html'))[0]?.mime, language: language.describe('en')[0].description, ip: ip.isIPv4('127.0.0.1'), tty: tty.isatty(1), channel: heard,
                }
                """,
                LONG)
            .toString());
  }
}
