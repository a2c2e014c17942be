"""The same network and the same work in PyTorch, in the article's manner and as fast as it will go.

Started by `dotnet run -c Release --project benchmarks -- pytorch`, which sends one line for
each piece of work and reads one marked line with the seconds that it took, so that the two take turns.

Debian 13 and later: apt-get install python3-torch. Elsewhere: pip install torch numpy.
"""

import base64
import gzip
import json
import math
import struct
import sys
import time
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

STEPS = 1000
EPSILON = 1e-6
GROUPS = 8


class Clock(nn.Module):
    """The timestep's embedding."""

    def __init__(self, width):
        super().__init__()
        self.hands = width // 4
        self.layers = nn.Sequential(nn.Linear(2 * self.hands, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, t):
        k = torch.arange(self.hands)
        angles = t[:, None].float() * torch.exp(-math.log(10 * STEPS) / self.hands * k) * (math.pi / 2)
        clock = torch.cat([angles.cos(), angles.sin()], dim=1)
        return self.layers(clock.to(self.layers[0].weight.dtype))


class Residual(nn.Module):
    def __init__(self, width_in, width_out, embedding):
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, width_in, EPSILON)
        self.conv1 = nn.Conv2d(width_in, width_out, 3, padding=1, bias=False)
        self.emb_proj = nn.Linear(embedding, width_out)
        self.norm2 = nn.GroupNorm(GROUPS, width_out, EPSILON)
        self.conv2 = nn.Conv2d(width_out, width_out, 3, padding=1, bias=False)
        self.conv3 = nn.Conv2d(width_in, width_out, 1) if width_in != width_out else nn.Identity()

    def forward(self, x, embedding):
        h = self.conv1(F.relu(self.norm1(x)))
        h = h + self.emb_proj(F.relu(embedding))[:, :, None, None]
        h = self.conv2(F.relu(self.norm2(h)))
        return self.conv3(x) + h


class Halve(nn.Module):
    def __init__(self, width_in, width_out):
        super().__init__()
        self.norm1 = nn.GroupNorm(GROUPS, width_in, EPSILON)
        self.conv1 = nn.Conv2d(width_in, width_out, 3, stride=2, padding=1, bias=False)
        self.norm2 = nn.GroupNorm(GROUPS, width_out, EPSILON)
        self.conv2 = nn.Conv2d(width_out, width_out, 3, padding=1, bias=False)
        self.conv3 = nn.Conv2d(width_in, width_out, 1, bias=False)

    def forward(self, x):
        x = F.relu(self.norm1(x))
        return self.conv2(F.relu(self.norm2(self.conv1(x)))) + self.conv3(F.avg_pool2d(x, 2, 2))


class Double(nn.Module):
    def __init__(self, width_in, width_out):
        super().__init__()
        self.conv = nn.Conv2d(width_in, width_out, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="bilinear"))


class Level(nn.Module):
    def __init__(self, blocks, down=None, up=None):
        super().__init__()
        self.res_blocks = nn.ModuleList(blocks)
        self.downsample_blocks = nn.ModuleList([down] if down else [])
        self.upsample_blocks = nn.ModuleList([up] if up else [])


class UNet(nn.Module):
    """Names of the weights as in lib/Diffusion/UNet.csx."""

    def __init__(self, classes=None):
        super().__init__()
        widths = [32, 64, 128, 128]
        time = 4 * widths[0]
        embedding = time + (time // 4 if classes else 0)
        self.temb_module = Clock(time)
        self.cemb_module = nn.Embedding(classes, time // 4) if classes else None
        self.conv_in = nn.Sequential(nn.Conv2d(1, widths[0], 3, padding=1))
        entered = [widths[max(i - 1, 0)] for i in range(4)]
        self.down_blocks = nn.ModuleList(
            Level(
                [Residual(entered[i], entered[i], embedding) for _ in range(2)],
                down=Halve(entered[i], widths[i]) if i < 3 else None,
            )
            for i in range(4)
        )
        self.up_blocks = nn.ModuleList(
            Level(
                [Residual(widths[i] + entered[i], widths[i], embedding) for _ in range(3)],
                up=Double(widths[i], entered[i]) if i > 0 else None,
            )
            for i in reversed(range(4))
        )
        self.conv_out = nn.Sequential(
            nn.GroupNorm(GROUPS, widths[0], EPSILON), nn.ReLU(), nn.Conv2d(widths[0], 1, 3, padding=1)
        )

    def forward(self, x, t, c=None):
        embedding = self.temb_module(t)
        if self.cemb_module is not None:
            embedding = torch.cat([embedding, self.cemb_module(c)], dim=1)
        h = self.conv_in(x)
        skips = [h]
        for level in self.down_blocks:
            for block in level.res_blocks:
                h = block(h, embedding)
                skips.append(h)
            for half in level.downsample_blocks:
                h = half(h)
                skips.append(h)
        for level in self.up_blocks:
            for block in level.res_blocks:
                h = block(torch.cat([h, skips.pop()], dim=1), embedding)
            for twice in level.upsample_blocks:
                h = twice(h)
        return self.conv_out(h)


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: torch.from_numpy(
            np.frombuffer(data[slice(*entry["data_offsets"])], dtype=np.float32).reshape(entry["shape"]).copy()
        )
        for name, entry in header.items()
    }


class Sampler:
    """DDIM's step, the article's way: coefficients looked up and multiplied anew in each step.

    The article draws noise also where it is then multiplied by 0; that is left out here.
    """

    def __init__(self, eta):
        self.alpha_bar = torch.cat([torch.ones(1), torch.cumprod(1 - torch.linspace(1e-4, 2e-2, STEPS), 0)])
        self.eta = eta

    def step(self, x, t, s, noise):
        now, then = self.alpha_bar[t], self.alpha_bar[s]
        clean = (x - (1 - now).sqrt() * noise) / now.sqrt()
        variance = self.eta**2 * (1 - then) / (1 - now) * (1 - now / then)
        z = torch.randn_like(x) if s > 0 and self.eta > 0 else 0
        return then.sqrt() * clean + (1 - then - variance).sqrt() * noise + variance.sqrt() * z


class Runs:
    """Each kind of work as a function of the number of images that returns something to run.

    The article's manner is float32 with nothing set. The best manner is what PyTorch offers for a CPU
    without compiling: bfloat16, channels last, inference mode, Adam fused; the program that starts this
    one also tunes malloc for it.
    """

    def __init__(self, folder, weights, best):
        torch.manual_seed(0)
        self.folder = folder
        self.best = best
        self.plain = UNet().eval()
        self.plain.load_state_dict(read_safetensors(weights))
        self.conditional = UNet(classes=11).eval()
        self.trained = UNet()
        if best:
            for network in (self.plain, self.conditional):
                network.to(torch.bfloat16).to(memory_format=torch.channels_last)
            self.trained.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(self.trained.parameters(), lr=1e-3, fused=best or None)
        self.ancestral, self.deterministic = Sampler(1.0), Sampler(0.0)
        self.images = self.read_images()

    def read_images(self):
        with gzip.open(f"{self.folder}/train-images-idx3-ubyte.gz") as file:
            pixels = np.frombuffer(file.read(), dtype=np.uint8, offset=16).reshape(-1, 28, 28, 1)
        # The article's way: one image after the other.
        images = torch.stack([2 * (torch.from_numpy(p.transpose(2, 0, 1)).float() / 255 - 0.5) for p in pixels])
        return F.pad(images, (2, 2, 2, 2), value=float(images.min()))

    def without_gradients(self, run):
        def guarded():
            with torch.inference_mode() if self.best else torch.no_grad():
                return run()

        return guarded

    def predict(self, network, x, t, labels=None):
        if not self.best:
            return network(x, torch.full((len(x),), t), labels)
        x = x.to(torch.bfloat16).to(memory_format=torch.channels_last)
        return network(x, torch.full((len(x),), t), labels).float()

    def sample(self, n):
        x = torch.randn(n, 1, 32, 32)
        return self.without_gradients(
            lambda: self.ancestral.step(x, 500, 499, self.predict(self.plain, x, 500))
        )

    def guided(self, n):
        x, labels = torch.randn(n, 1, 32, 32), torch.arange(n) % 10

        def run():
            # Both halves in one batch, as the article has them.
            both = self.predict(
                self.conditional, x.repeat(2, 1, 1, 1), 500, torch.cat([labels, torch.full_like(labels, 10)])
            )
            noise = both[n:] + 3.0 * (both[:n] - both[n:])
            return self.ancestral.step(x, 500, 499, noise)

        return self.without_gradients(run)

    def strided(self, n):
        def run():
            x = torch.randn(n, 1, 32, 32)
            for t in range(STEPS, 0, -STEPS // 50):
                x = self.deterministic.step(x, t, t - STEPS // 50, self.predict(self.plain, x, t))
            return x

        return self.without_gradients(run)

    def train(self, n):
        def run():
            # Cheaper than the article's DataLoader, which fetches image by image.
            x = self.images[torch.randint(len(self.images), (n,))]
            t = torch.randint(1, STEPS + 1, (n,))
            noise = torch.randn_like(x)
            now = self.ancestral.alpha_bar[t][:, None, None, None]
            noisy = now.sqrt() * x + (1 - now).sqrt() * noise
            self.optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=self.best):
                if self.best:
                    noisy = noisy.to(memory_format=torch.channels_last)
                predicted = self.trained(noisy, t)
            loss = F.mse_loss(predicted.float(), noise)
            loss.backward()
            self.optimizer.step()
            return loss.item()

        return run

    def load(self, _):
        return self.read_images

    def difference(self, pairs, t):
        """From the other program's predictions: the largest, and the root of the mean square."""
        # A writable copy: PyTorch warns of tensors over memory that must not change.
        both = torch.from_numpy(np.frombuffer(bytearray(base64.b64decode(pairs)), dtype=np.float32))
        x, theirs = both.reshape(-1, 2, 1, 32, 32).unbind(1)
        difference = self.without_gradients(lambda: self.predict(self.plain, x, t) - theirs)()
        return f"{float(difference.abs().max())} {float(difference.square().mean().sqrt())}"


def seconds_of(run, warm_ups, runs):
    """The mean of so many runs, after some that do not count."""
    for _ in range(warm_ups):
        run()
    begin = time.perf_counter()
    for _ in range(runs):
        run()
    return (time.perf_counter() - begin) / runs


def answer(text):
    """Says it so that it is told from what libraries print: on a line of its own, with a mark."""
    print(f"\nanswer: {text}", flush=True)


def main(folder, weights, manner):
    # The pixels are read, never written, and copying them first would be work that the article does not do.
    warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
    runs = Runs(folder, weights, manner == "best")
    answer(
        f"{torch.__version__} with {torch.get_num_threads()} threads and {torch.backends.cpu.get_cpu_capability()}"
    )
    kinds = {name: getattr(runs, name) for name in ("sample", "guided", "strided", "train", "load")}
    for line in sys.stdin:
        kind, *arguments = line.split()
        if kind == "error":
            pairs, t = arguments
            answer(runs.difference(pairs, int(t)))
        else:
            images, warm_ups, count = map(int, arguments)
            answer(seconds_of(kinds[kind](images), warm_ups, count))


if __name__ == "__main__":
    main(*sys.argv[1:])
