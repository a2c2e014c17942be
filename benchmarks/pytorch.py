"""The same network and the same work in PyTorch, in the article's manner and as fast as it will go.

A helper of `dotnet run -c Release --project benchmarks -- pytorch`, which starts it, sends one line for
each piece of work and reads one line with the seconds it took, so that the two take turns.

Debian 13 and later: apt-get install python3-torch. Elsewhere: pip install torch numpy.
"""

import gzip
import json
import math
import struct
import sys
import time

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
    """DDIM's step, the article's way: coefficients looked up and multiplied anew in each step."""

    def __init__(self, eta):
        self.alpha_bar = torch.cat([torch.ones(1), torch.cumprod(1 - torch.linspace(1e-4, 2e-2, STEPS), 0)])
        self.eta = eta

    def step(self, x, t, s, noise):
        now, then = self.alpha_bar[t], self.alpha_bar[s]
        clean = (x - (1 - now).sqrt() * noise) / now.sqrt()
        variance = self.eta**2 * (1 - then) / (1 - now) * (1 - now / then)
        z = torch.randn_like(x) if s > 0 else 0
        return then.sqrt() * clean + (1 - then - variance).sqrt() * noise + variance.sqrt() * z


class Runs:
    def __init__(self, folder, weights, best):
        torch.manual_seed(0)
        self.folder = folder
        self.best = best
        self.plain = UNet()
        self.plain.load_state_dict(read_safetensors(weights))
        self.conditional = UNet(classes=11)
        if best:
            for network in (self.plain, self.conditional):
                network.to(torch.bfloat16).to(memory_format=torch.channels_last)
        self.trained = UNet()
        self.optimizer = torch.optim.Adam(self.trained.parameters(), lr=1e-3)
        self.ancestral, self.deterministic = Sampler(1.0), Sampler(0.0)
        self.images = self.load()

    def load(self):
        with gzip.open(f"{self.folder}/train-images-idx3-ubyte.gz") as file:
            pixels = np.frombuffer(file.read(), dtype=np.uint8, offset=16).reshape(-1, 28, 28, 1)
        images = torch.stack([2 * (torch.from_numpy(p.transpose(2, 0, 1)).float() / 255 - 0.5) for p in pixels])
        return F.pad(images, (2, 2, 2, 2), value=float(images.min()))

    def predict(self, network, x, t, labels=None):
        if not self.best:
            return network(x, torch.full((len(x),), t), labels)
        x = x.to(torch.bfloat16).to(memory_format=torch.channels_last)
        return network(x, torch.full((len(x),), t), labels).float()

    @torch.no_grad()
    def sample(self, n):
        x = torch.randn(n, 1, 32, 32)
        return lambda: self.ancestral.step(x, 500, 499, self.predict(self.plain, x, 500))

    @torch.no_grad()
    def guided(self, n):
        x, labels = torch.randn(n, 1, 32, 32), torch.arange(n) % 10

        def run():
            both = self.predict(
                self.conditional, x.repeat(2, 1, 1, 1), 500, torch.cat([labels, torch.full_like(labels, 10)])
            )
            noise = both[n:] + 3.0 * (both[:n] - both[n:])
            return self.ancestral.step(x, 500, 499, noise)

        return run

    def strided(self, n):
        def run():
            x = torch.randn(n, 1, 32, 32)
            for t in range(STEPS, 0, -STEPS // 50):
                x = self.deterministic.step(x, t, max(t - 20, 0), self.predict(self.plain, x, t))
            return x

        return run

    def train(self, n):
        x = self.images[:n]

        def run():
            t = torch.randint(1, STEPS + 1, (n,))
            noise = torch.randn_like(x)
            now = self.ancestral.alpha_bar[t][:, None, None, None]
            self.optimizer.zero_grad()
            with torch.enable_grad():
                if self.best:
                    with torch.autocast("cpu", torch.bfloat16):
                        predicted = self.trained(now.sqrt() * x + (1 - now).sqrt() * noise, t)
                else:
                    predicted = self.trained(now.sqrt() * x + (1 - now).sqrt() * noise, t)
                loss = F.mse_loss(predicted.float(), noise)
                loss.backward()
            self.optimizer.step()
            return loss.item()

        return run


def main(folder, weights, manner):
    runs = Runs(folder, weights, manner == "best")
    print(f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}", flush=True)
    with torch.no_grad():
        for line in sys.stdin:
            kind, n = line.split()
            if kind == "error":
                # Against our own reading of the same weights: the largest difference of a prediction.
                x = torch.from_numpy(np.fromfile(n, dtype=np.float32)).reshape(-1, 2, 1, 32, 32)
                print(float((runs.predict(runs.plain, x[:, 0], 500) - x[:, 1]).abs().max()), flush=True)
                continue
            run = {
                "sample": runs.sample, "guided": runs.guided, "strided": runs.strided, "train": runs.train,
                "load": lambda n: runs.load,
            }[kind](int(n))
            if kind not in ("strided", "load"):
                run()
            begin = time.perf_counter()
            run()
            print(time.perf_counter() - begin, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
