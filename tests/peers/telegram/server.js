// A Telegram Bot API on loopback, made of npm's telegram-test-api, for the tests. Argument: the port.
//
// The package leaves out four things without which no faithful client gets far; they are put in here and nowhere else:
// who the bot is (as a bot, by a name that can be mentioned), whether a webhook is set, dates in seconds, and the secret
// header of webhook calls.
'use strict';

const { once } = require('events');
const { TelegramServer } = require('telegram-test-api/lib/telegramServer');
const { routes } = require('telegram-test-api/lib/routes/index');

const BOT = { id: 666, is_bot: true, first_name: 'La Banque', username: 'Banque_bot' };

class Peer extends TelegramServer {
  delivered = [];

  // Answers to sendMessage.
  addBotMessage(message, token) {
    const sent = super.addBotMessage(message, token);
    return { ...sent, date: Math.floor(sent.date / 1000) };
  }

  // What a person says: to the webhook, with its secret, or into the queue.
  async addUserUpdate(update) {
    const hook = this.webhooks[update.botToken];
    if (!hook) {
      await super.addUserUpdate(update);
      return;
    }
    const headers = { 'content-type': 'application/json' };
    if (hook.secret_token) headers['x-telegram-bot-api-secret-token'] = hook.secret_token;
    const body = JSON.stringify(TelegramServer.formatUpdate(update));
    this.updateId += 1;
    this.delivered.push((await fetch(hook.url, { method: 'POST', headers, body })).status);
    this.emit('delivered');
  }
}

// Earlier routes win, so these come first.
routes.unshift(
  (app) => app.all('/bot:token/getMe', (request, response) => response.json({ ok: true, result: BOT })),
  (app, server) => app.all('/bot:token/getWebhookInfo', (request, response) => response.json({
    ok: true,
    result: { url: server.webhooks[request.params.token]?.url ?? '', has_custom_certificate: false, pending_update_count: 0 },
  })),
  // For the test's side; a question is held until there is so much: what the bot wrote, how webhook calls were answered.
  (app, server) => app.get('/written/:count', async (request, response) => {
    while (server.storage.botMessages.length < Number(request.params.count)) await server.waitBotMessage();
    response.json(server.storage.botMessages.map(({ message, messageId }) => ({ ...message, message_id: messageId })));
  }),
  (app, server) => app.get('/delivered/:count', async (request, response) => {
    while (server.delivered.length < Number(request.params.count)) await once(server, 'delivered');
    response.json(server.delivered);
  }),
);

const port = Number(process.argv[2]);
const peer = new Peer({ port, host: '127.0.0.1', storeTimeout: 600 });
process.on('unhandledRejection', (reason) => console.error('not delivered:', reason.message));
peer.start().then(() => console.log(`listening ${port}`));
